"""The guide that lies in a pack: how to open it, how to check it with tools that everybody has, what that proves (S16).

Owns the words, and with them the claim: no more than what holds.
"""

from __future__ import annotations

GUIDE = """外访证据包 · 核对说明

一、打开
  用 7-Zip（或其他支持 AES-256 加密 ZIP 的软件）解压；密码由另一人经另一渠道告知。
  密码自生成之日起30天内有效；此后如需核对，请另行申请新的证据包。

二、用通用工具核对
  解压后，在本文件所在的文件夹中执行：
      sha256sum -c sha256sums.txt
  （Windows 可用 7-Zip 的“CRC SHA → SHA-256”，macOS 可用 shasum -a 256 -c）
  每个文件都应显示 OK。sha256sums.txt 自身不在其中，它由整个压缩包的摘要覆盖：
      sha256sum 证据包.zip
  应与登记簿（或随密码告知的函件）上的摘要一致。

  手机签名的拍摄清单（chain 文件夹）：每份有三个文件，.json 是手机签名的原文，.der 是签名，.pem 是该手机的公钥：
      cd chain/外访编号
      openssl dgst -sha256 -verify 清单编号.pem -signature 清单编号.der 清单编号.json
  应显示 Verified OK。原文 entries 中每一项的 sha256 是该文件（录音为其中一段：从 offset 起的 size 个字节）的摘要，
  previous 是前一项的 sha256；第一项的 previous 是随机数 nonce 的摘要，nonce 由服务器在外访开始前发给手机：
      printf %s 随机数 | sha256sum
      tail -c +$((offset+1)) 录音文件 | head -c size | sha256sum
  公钥、随机数与打包时已知的不符之处，列在 manifest.json 的 capture_manifests 中。

三、用 fieldvisit 核对（不需要服务器）
      fieldvisit verify 证据包.zip --password-file 密码文件 --sha256 登记簿上的摘要
  逐字节检查，并核对每份拍摄清单的签名、随机数、次序及所列文件；退出码 0 为完整，1 为有改动（逐一指出文件），
  2 为无法核对。“打包时已注明”的各行是系统当时已发现并如实记录的不符之处，不是事后改动。

四、能证明什么
  1. 包内每个文件与打包时完全相同：任何一个字节的改动都会被指出。
  2. 每个原始文件与收到时出具的回执一致（receipts.json），并与当时写入审计记录的摘要一致（trail.json）。
  3. 如有手机签名的拍摄清单（chain 文件夹）：该照片、录音正是该手机所签名的，次序未变。

五、不能证明什么
  1. 仅凭包内文件，不能排除持有密码的人重新制作一个自洽的包；须与登记簿上的摘要核对（第二条）。
  2. 照片、录音所示内容是否真实，拍摄地点、时间是否属实：手机时间和定位如实记录，差异已注明，但不作担保。
  3. 公钥是否确属该手机：登记时间与设备编号在 manifest.json 中，须与系统中的登记核对。
  4. 审计记录在打包之后是否保持完整：包内记有当时的末行编号与摘要，可据此在系统中核对。

----

How to check this evidence pack

1. Open it with 7-Zip, or another tool that reads ZIP with AES-256. The password comes from another person by another
   channel, and may be used for 30 days; after that, ask for a new pack.

2. With stock tools, in the folder of this file:      sha256sum -c sha256sums.txt
   Each line must say OK. The list itself is covered by the digest of the whole archive:      sha256sum PACK.zip
   which must be that of the register, or of the letter that came with the password.
   What phones signed lies in the folder "chain", three files each: the text as it was signed (.json), the signature
   (.der), the phone's public key (.pem):
       cd chain/VISIT
       openssl dgst -sha256 -verify ID.pem -signature ID.der ID.json
   must say Verified OK. In the text, the sha256 of an entry is that of the file (of a recording: of size bytes from
   offset on), previous is the sha256 of the entry before it, and of the first entry that of the nonce, which the server
   gave to the phone before the visit:
       printf %s NONCE | sha256sum
       tail -c +$((OFFSET+1)) RECORDING | head -c SIZE | sha256sum
   Keys, nonces, and what was known not to fit on the day of packing are in manifest.json, under capture_manifests.

3. With fieldvisit, without a server:
       fieldvisit verify PACK.zip --password-file FILE --sha256 DIGEST
   Exit status 0: whole; 1: altered, each item named; 2: nothing can be said. It checks each phone's signature, nonce,
   order and files too; a line "noted when it was packed" is something that the house found and recorded itself.

4. What that proves: each file is, to the byte, what was packed; each original is what its receipt and the audit trail
   of its day say; where a phone's signed list is in the folder "chain", it is what that phone signed, in that order.

5. What it does not prove: that nobody who has the password made another pack that agrees with itself (compare the
   digest of the register); that what a photo shows, or a clock or a position says, is true; that a key is that phone's
   (manifest.json has its device and the hour it was enrolled, for comparing in the system); that the trail stayed whole
   after packing (the number and digest of its last line are in manifest.json, for comparing in the system).
"""
