"""mails.py FOLDER: writes issuance mails as mail programs do, one a file, by Python's email package."""

import mailbox
import sys
from email import policy
from email.encoders import encode_7or8bit, encode_base64, encode_quopri
from email.header import Header
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from pathlib import Path

SUBJECT = "【あおば銀行】ワンタイムパスワードトークン発行のお知らせ"

# What no value may be taken from: a download address, and an attachment.
JAPANESE = """\
あおば銀行　ご担当者　様

ワンタイムパスワードのトークンを発行しました。
次のとおり初期設定をしてください。

■アプリのダウンロード
URL：https://apps.apple.com/jp/app/example/id1234567890

【接続先】
　https://otp.aoba.example/issuer

【サービスＩＤ】１０１２１２３４
【ユーザＩＤ】　１２３４５６７８９０１２３４ＤＣ

利用開始パスワードは、発行の際に画面で決めた４桁から８桁の数字です。
"""

HTML = """\
<html><head><title>Server: https://wrong.example</title><style>p { color: red }</style></head>
<body><!-- User ID: WRONG1 --><p>Your token is ready&#33;</p>
<table><tr><th>Server</th><td><a href="https://wrong.example">https://otp.aoba.example/issuer</a></td></tr>
<tr><th>Service&nbsp;ID</th><td><b>1012</b>1234</td></tr>
<tr><th>User ID</th><td>12345678901234DC</td></tr></table>
<script>document.write("User ID: WRONG2")</script></body></html>
"""

DECOY = "Server: https://wrong.example\nService ID: 99999999\nUser ID: 99999999999999ZZ\n"


def head(mail, coding="utf-8"):
    mail["From"] = Header("あおば銀行", coding).encode() + " <otp@aoba.example>"
    mail["To"] = "taro@example.jp"
    mail["Subject"] = Header(SUBJECT, coding)
    mail["Date"] = "Thu, 13 Feb 2025 23:31:30 +0900"
    return mail


def japanese(coding, encode=encode_7or8bit):
    """A text/plain mail in a charset and a transfer encoding."""
    mail = MIMENonMultipart("text", "plain", charset=coding)
    mail.set_payload(JAPANESE.encode(coding))
    encode(mail)
    return head(mail, coding)


def modern(html=True, plain=True):
    mail = EmailMessage()
    for name, value in (("From", "otp@aoba.example"), ("Subject", SUBJECT), ("To", "taro@example.jp")):
        mail[name] = value
    if plain:
        mail.set_content(JAPANESE)
        if html:
            mail.add_alternative(HTML.replace("1012", "9999"), subtype="html")
    else:
        mail.set_content(HTML, subtype="html")
    return mail


def nested():
    mail = modern()
    mail.get_payload()[1].add_related(b"\x89PNG\r\n", "image", "png", cid="<logo>")
    mail.add_attachment(DECOY, filename="example.txt")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="terms.pdf")
    return mail


def forwarded():
    mail = head(MIMEMultipart("mixed"))
    mail.attach(MIMEText("Fwd: see below\n"))
    whole = EmailMessage()
    whole.set_content(modern())
    mail.attach(whole)
    return mail


mails = {
    "utf-8-base64": japanese("utf-8", encode_base64).as_bytes(),
    "utf-8-quoted-printable": japanese("utf-8", encode_quopri).as_bytes(),
    "utf-8-8bit": modern(html=False).as_bytes(policy=policy.SMTP.clone(cte_type="8bit")),
    "iso-2022-jp-7bit": japanese("iso-2022-jp").as_bytes(),
    "shift_jis-base64": japanese("shift_jis", encode_base64).as_bytes(),
    "euc-jp-quoted-printable": japanese("euc-jp", encode_quopri).as_bytes(),
    "alternative": modern().as_bytes(policy=policy.SMTP),
    "html": modern(plain=False).as_bytes(),
    "nested": nested().as_bytes(),
    "forwarded": forwarded().as_bytes(),
    "no-charset": b"From: otp@aoba.example\n\n" + JAPANESE.encode("iso-2022-jp"),
    "copied-text": JAPANESE.replace("\n", "\r\n").encode("utf-8-sig"),
}
folder = Path(sys.argv[1])
for name, mail in mails.items():
    (folder / name).write_bytes(mail)
box = mailbox.mbox(folder / "mbox")
box.add(japanese("iso-2022-jp"))
box.close()
