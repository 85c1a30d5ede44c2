"""Recipes that other programs follow: libvips, ImageMagick, cjpeg, heif-enc, PDF tools, office, browser."""

import html
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.accuracy.recipe import Recipe, UnfitError, Work, picture, steps

INSTALL = {
    "vips": "Debian: apt-get install libvips-tools",
    "vipsthumbnail": "Debian: apt-get install libvips-tools",
    "convert": "ImageMagick; Debian: apt-get install imagemagick",
    "cjpeg": "Debian: apt-get install libjpeg-turbo-progs",
    "jpegtran": "Debian: apt-get install libjpeg-turbo-progs",
    "heif-enc": "Debian: apt-get install libheif-examples",
    "pdftoppm": "Debian: apt-get install poppler-utils",
    "gs": "Debian: apt-get install ghostscript",
    "soffice": "Debian: apt-get install libreoffice-draw-nogui",
    "chromium": "Debian: apt-get install chromium",
}
_SECONDS = 120
_STRONG = frozenset({"strong"})
_MOST = frozenset({"middle", "strong"})


def absent() -> dict[str, str]:
    """Programs that are not here, and how to install them."""
    return {name: how for name, how in INSTALL.items() if not _there(name)}


def _there(name: str) -> bool:
    if name != "convert":
        return shutil.which(name) is not None
    asked = [name, "-version"]  # other programs have this name, too
    return shutil.which(name) is not None and b"ImageMagick" in _run(asked, check=False).stdout[:40]


def _run(command: list[str | Path], *, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise UnfitError(f"{command[0]} took too long") from error
    if check and done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
        raise UnfitError(f"{command[0]} refused it: {last}")
    return done


def _command(source: Path, stem: Path, work: Work) -> Path:
    """A command given as words; ``IN`` and ``OUT.suffix`` stand for the files."""
    made = stem
    words: list[str | Path] = []
    for word in work.value.split():
        if word == "IN":
            words.append(source)
        elif word.startswith("OUT"):
            suffix, _, options = word[3:].partition("[")
            made = stem.with_name(stem.name + suffix)
            words.append(f"{made}[{options}" if options else made)
        else:
            words.append(word)
    _run(words)
    if not made.exists():
        raise UnfitError(f"{words[0]} wrote nothing")
    return made


def _jpeg(source: Path, stem: Path, work: Work) -> Path:
    """Through cjpeg, which reads PPM."""
    made = stem.with_name(stem.name + ".jpg")
    with tempfile.NamedTemporaryFile(suffix=".ppm") as plain:
        picture(source).save(plain.name)
        _run(["cjpeg", *work.value.split(), "-outfile", made, plain.name])
    return made


def _heif(source: Path, stem: Path, work: Work) -> Path:
    suffix = ".avif" if "-A" in work.value else ".heic"
    made = stem.with_name(stem.name + suffix)
    with tempfile.NamedTemporaryFile(suffix=".png") as plain:
        picture(source).save(plain.name)
        _run(["heif-enc", *work.value.split(), plain.name, "-o", made])
    return made


def _pdf(source: Path, stem: Path, work: Work) -> Path:
    """A picture as a page: the file that a program which prints to PDF leaves."""
    made = stem.with_name(stem.name + ".pdf")
    picture(source).save(made, resolution=150, quality=work.value)
    return made


def _distilled(source: Path, stem: Path, work: Work) -> Path:
    """A PDF made smaller by Ghostscript, as people do before they mail it."""
    made = stem.with_name(stem.name + ".pdf")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as large:
        picture(source).save(large.name, resolution=200, quality=92)
        options = f"-q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -dPDFSETTINGS=/{work.value}".split()
        _run(["gs", *options, f"-sOutputFile={made}", large.name])
    return made


def _page(source: Path, stem: Path, work: Work) -> Path:
    """Into a PDF and out again as a picture of the page."""
    options, suffix = work.value
    with tempfile.NamedTemporaryFile(suffix=".pdf") as pdf:
        picture(source).save(pdf.name, resolution=150, quality=90)
        _run(["pdftoppm", *options.split(), "-singlefile", pdf.name, stem])
    made = stem.with_name(stem.name + suffix)
    if not made.exists():
        raise UnfitError("pdftoppm wrote nothing")
    return made


def _office(source: Path, stem: Path, work: Work) -> Path:
    """Opened in LibreOffice Draw and exported."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to"]
        _run(["soffice", *options, work.value, "--outdir", f"{folder}/made", source])
        made = next(Path(folder).glob("made/*"), None)
        if made is None:
            raise UnfitError("LibreOffice wrote nothing")
        return Path(shutil.move(made, stem.with_name(stem.name + made.suffix)))


_VIEWER = """<!doctype html><meta charset=utf-8><style>
body {{ margin: 0; font: 15px sans-serif; background: {ground}; color: {ink}; }}
header {{ height: {bar}px; line-height: {bar}px; padding: 0 14px; background: {panel}; }}
main {{ display: flex; }} aside {{ width: {side}px; padding: 14px; box-sizing: border-box; }}
figure {{ margin: {gap}px; }} img {{ width: {width}px; display: block; }}
</style><header>&#9776; &nbsp; {name} &nbsp; 3 of 17 &nbsp; &#8592; &nbsp; &#8594; &nbsp; 100 %</header>
<main><figure><img src="{source}"></figure><aside>{words}</aside></main>"""
_WORDS = "<h3>Details</h3><p>Taken on 14 May</p><p>Camera: phone</p><p>Album: site visits</p>"


def _screenshot(source: Path, stem: Path, work: Work) -> Path:
    """What a browser shows, as a PNG: the picture alone, or in a viewer's frame."""
    scale, bar, side, gap, ground = work.value
    image = picture(source)
    width, height = (round(length * scale) for length in image.size)
    with tempfile.TemporaryDirectory() as folder:
        image.save(Path(folder, "shown.png"))
        page = Path(folder, "page.html")
        ink, panel = ("#eee", "#333") if ground == "#222" else ("#222", "#dde")
        text = _VIEWER.format(
            source="shown.png",
            name=html.escape(source.name),
            words=_WORDS if side else "",
            width=width,
            bar=bar,
            side=side,
            gap=gap,
            ground=ground,
            ink=ink,
            panel=panel,
        )
        if not bar:
            text = text.replace("<header>", "<header hidden>").replace("<aside>", "<aside hidden>")
        page.write_text(text, encoding="utf-8")
        made = stem.with_name(stem.name + ".png")
        size = f"--window-size={width + 2 * gap + side},{height + 2 * gap + bar}"
        options = "--headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files"
        profile = f"--user-data-dir={folder}/profile"
        _run(["chromium", *options.split(), profile, size, f"--screenshot={made}", page.as_uri()])
    if not made.exists():
        raise UnfitError("the browser wrote nothing")
    return made


RECIPES = (
    Recipe(
        name="cjpeg",
        same="same",
        make=_jpeg,
        needs=("cjpeg",),
        strengths=steps("-quality 80 -progressive", "-quality 50 -optimize", "-quality 20 -sample 2x2"),
        unclear=_STRONG,
    ),
    Recipe(
        name="heif-enc",
        same="same",
        make=_heif,
        needs=("heif-enc",),
        strengths=steps("-q 75", "-q 50", "-q 30"),
        unclear=_STRONG,
    ),
    Recipe(
        name="jpegtran",
        same="same",
        make=_command,
        needs=("jpegtran",),
        strengths=steps(
            "jpegtran -progressive -copy none -outfile OUT.jpg IN",
            "jpegtran -perfect -rotate 180 -outfile OUT.jpg IN",
            "jpegtran -grayscale -outfile OUT.jpg IN",
        ),
    ),
    Recipe(
        name="vips-resize",
        same="same",
        make=_command,
        needs=("vips", "vipsthumbnail"),
        strengths=steps(
            "vips resize IN OUT.jpg[Q=85] 0.8",
            "vips resize IN OUT.webp[Q=75] 0.6",
            "vipsthumbnail IN --size 320x320 -o OUT.jpg[Q=75,strip]",
        ),
        unclear=_MOST,
    ),
    Recipe(
        name="vips-colour",
        same="same",
        make=_command,
        needs=("vips",),
        strengths=steps(
            "vips icc_export IN OUT.tif[compression=lzw] --output-profile p3",
            "vips icc_transform IN OUT.jpg[Q=85] cmyk",
            "vips colourspace IN OUT.png rgb16",
        ),
    ),
    Recipe(
        name="magick-resize",
        same="same",
        make=_command,
        needs=("convert",),
        strengths=steps(
            "convert IN -resize 70% -quality 85 OUT.jpg",
            "convert IN -sample 60% OUT.png",
            "convert IN -resize 150% -unsharp 0x1 -quality 60 OUT.jpg",
        ),
        unclear=_MOST,
    ),
    Recipe(
        name="magick-tone",
        same="same",
        make=_command,
        needs=("convert",),
        strengths=steps(
            "convert IN -normalize -quality 85 OUT.jpg",
            "convert IN -colorspace Gray -sigmoidal-contrast 4x50% -quality 80 OUT.jpg",
            "convert IN -modulate 115,70 -gamma 1.4 -quality 75 OUT.jpg",
        ),
    ),
    Recipe(
        name="magick-depth",
        same="same",
        make=_command,
        needs=("convert",),
        strengths=steps(
            "convert IN -depth 16 -compress zip OUT.tif",
            "convert IN -colorspace CMYK -quality 85 OUT.jpg",
            "convert IN -colors 32 OUT.gif",
        ),
    ),
    Recipe(name="pdf", same="same", make=_pdf, strengths=steps(90, 70, 35)),
    Recipe(
        name="pdf-smaller",
        same="same",
        make=_distilled,
        needs=("gs",),
        strengths=steps("printer", "ebook", "screen"),
        unclear=_MOST,
    ),
    Recipe(
        name="pdf-page",
        same="same",
        make=_page,
        needs=("pdftoppm",),
        strengths=steps(("-r 150 -png", ".png"), ("-r 120 -jpeg", ".jpg"), ("-r 300 -jpeg -gray", ".jpg")),
        unclear=_MOST,
    ),
    Recipe(name="office-pdf", same="same", make=_office, needs=("soffice",), strengths={"middle": "pdf"}),
    Recipe(
        name="office-page",  # LibreOffice exports the page on which the picture lies
        same="edited",
        make=_office,
        needs=("soffice",),
        strengths={"middle": "png", "strong": "jpg"},
    ),
    Recipe(
        name="browser",
        same="same",
        make=_screenshot,
        needs=("chromium",),
        strengths={"weak": (1.0, 0, 0, 0, "#222"), "middle": (0.7, 0, 0, 0, "#222")},
        unclear=_MOST,
    ),
    Recipe(
        name="viewer",
        same="edited",
        make=_screenshot,
        needs=("chromium",),
        strengths=steps((1.0, 40, 0, 0, "#222"), (0.8, 56, 220, 24, "#222"), (0.5, 70, 300, 90, "#fff")),
    ),
)
