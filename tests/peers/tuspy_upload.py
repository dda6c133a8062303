"""tuspy, unchanged, as a phone might use it: uploads the file that the command line tells as JSON, and resumes."""

import json
import sys

from tusclient.client import TusClient

asked = json.loads(sys.argv[1])
client = TusClient(asked["url"], headers=asked["headers"])
uploader = client.uploader(
    asked["path"],
    metadata=asked["metadata"],
    retries=asked["retries"],
    retry_delay=asked["pause"],
    **({"chunk_size": asked["chunk"]} if asked["chunk"] else {}),
)
uploader.upload()
print(json.dumps({"offset": uploader.offset, "url": uploader.url}))
