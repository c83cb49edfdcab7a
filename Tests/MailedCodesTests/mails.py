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


# A mail with a code, beside numbers that are none.
CODE = """\
ハローワークインターネットサービスをご利用いただき、ありがとうございます。

ワンタイムパスワード：０４８１５１
有効期限：2025年2月14日 00:01（発行から30分間）

受付番号：654321
求人番号 13010-12345651
送信日時 20250213 233130
電話：0570-077450、03-123456
〒100-8916　東京都千代田区霞が関1-2-2
https://www.hellowork.mhlw.go.jp/id/987654
"""
CODE_HTML = """\
<html><body><p>ワンタイムパスワード</p><table><tr><td style="color:#123456"><b>048</b>151</td></tr></table>
<p>受付番号：654321</p><p>TEL 03-123456</p></body></html>
"""


def code_head(mail, coding="utf-8"):
    mail["Received"] = "from mail.hellowork.mhlw.go.jp by mx.example.jp; Thu, 13 Feb 2025 23:31:30 +0900 (JST)"
    mail["From"] = Header("ハローワーク", coding).encode() + " <system@mail.hellowork.mhlw.go.jp>"
    mail["To"] = "taro@example.jp"
    mail["Subject"] = Header("【ハローワーク】ワンタイムパスワード通知", coding)
    mail["Date"] = "Thu, 13 Feb 2025 23:30:00 +0900"
    return mail


def code_mail(coding, encode=encode_7or8bit, subtype="plain", text=CODE):
    mail = MIMENonMultipart("text", subtype, charset=coding)
    mail.set_payload(text.encode(coding))
    encode(mail)
    return code_head(mail, coding)


def code_choice():
    mail = code_head(MIMEMultipart("mixed"))
    choice = MIMEMultipart("alternative")
    choice.attach(MIMEText(CODE, "plain", "utf-8"))
    choice.attach(MIMEText(CODE_HTML.replace("048", "111"), "html", "utf-8"))
    mail.attach(choice)
    mail.attach(MIMEText("ワンタイムパスワード 999999", "x-other", "utf-8"))
    return mail


mails |= {
    "code-utf-8-base64": code_mail("utf-8", encode_base64).as_bytes(),
    "code-utf-8-quoted-printable": code_mail("utf-8", encode_quopri).as_bytes().replace(b"\n", b"\r\n"),
    "code-utf-8-8bit": code_mail("utf-8").as_bytes(),
    "code-iso-2022-jp-7bit": code_mail("iso-2022-jp").as_bytes(),
    "code-iso-2022-jp-base64": code_mail("iso-2022-jp", encode_base64).as_bytes(),
    "code-shift_jis-base64": code_mail("shift_jis", encode_base64).as_bytes(),
    "code-euc-jp-quoted-printable": code_mail("euc-jp", encode_quopri).as_bytes(),
    "code-html": code_mail("iso-2022-jp", subtype="html", text=CODE_HTML).as_bytes(),
    "code-choice": code_choice().as_bytes(),
}
folder = Path(sys.argv[1])
for name, mail in mails.items():
    (folder / name).write_bytes(mail)
box = mailbox.mbox(folder / "mbox")
box.add(japanese("iso-2022-jp"))
box.close()
