"""A real Gradio app: a queue, streaming text, a file up and a file down. Its port is the first argument."""

import hashlib
import pathlib
import sys
import tempfile
import time
from collections.abc import Iterator

import gradio


def stream(text: str) -> Iterator[str]:
    """Says the words one after the other."""
    said = ""
    for word in text.split():
        said += word + " "
        time.sleep(0.02)
        yield said


def measure(path: str) -> tuple[str, str]:
    """The checksum of an uploaded file, and a file to download."""
    data = pathlib.Path(path).read_bytes()
    answer = pathlib.Path(tempfile.mkdtemp()) / "reversed.bin"
    answer.write_bytes(data[::-1])
    return hashlib.sha256(data).hexdigest(), str(answer)


def who(request: gradio.Request) -> str:
    """Who the gateway says is there."""
    return request.headers.get("x-forwarded-user", "nobody")


with gradio.Blocks(title="Gradio behind the gate") as app:
    words = gradio.Textbox(label="Words")
    said = gradio.Textbox(label="Said")
    gradio.Button("Say").click(stream, words, said, api_name="stream")
    upload = gradio.File(label="Upload", type="filepath")
    checksum = gradio.Textbox(label="Checksum")
    download = gradio.File(label="Download")
    gradio.Button("Measure").click(measure, upload, [checksum, download], api_name="measure")
    user = gradio.Textbox(label="User")
    gradio.Button("Who").click(who, None, user, api_name="who")

app.queue(default_concurrency_limit=2)
app.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), show_error=True, quiet=True)
