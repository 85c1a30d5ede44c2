"""What is read here, by the names that fingerprints and findings use. Loads no decoder."""

from dataclasses import dataclass

from onecopy.decode import extras


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that is read.

    Attributes:
        name: As fingerprints have it, or findings of containers.
        label: Its name for people.
        media_type: As uploaders may call it; what a file is, its bytes say.
        container: Whether it holds images, rather than being one.
        endings: How names of such files end. What a file is they never say; only what it was meant to be.
        extra: The extra that it needs, if it needs one.
    """

    name: str
    label: str
    media_type: str
    endings: tuple[str, ...]
    container: bool = False
    extra: str | None = None

    @property
    def readable(self) -> bool:
        """Whether it is read by what is installed."""
        return self.extra is None or self.extra in extras.installed()


IMAGES = (
    Format(name="jpeg", label="JPEG", media_type="image/jpeg", endings=("jpg", "jpeg", "jpe", "jfif")),
    Format(name="png", label="PNG", media_type="image/png", endings=("png",)),
    Format(name="tiff", label="TIFF", media_type="image/tiff", endings=("tif", "tiff")),
    Format(name="gif", label="GIF", media_type="image/gif", endings=("gif",)),
    Format(name="bmp", label="BMP", media_type="image/bmp", endings=("bmp",)),
    Format(name="webp", label="WebP", media_type="image/webp", endings=("webp",)),
    Format(name="avif", label="AVIF", media_type="image/avif", endings=("avif",)),
    Format(name="jpeg2000", label="JPEG 2000", media_type="image/jp2", endings=("jp2", "j2k", "jpx")),
    Format(
        name="pnm",
        label="PNM",
        media_type="image/x-portable-anymap",
        endings=("pnm", "pbm", "pgm", "ppm"),
    ),
    Format(name="heic", label="HEIC", media_type="image/heic", endings=("heic", "heif"), extra="heic"),
)
CONTAINERS = (
    Format(name="pdf", label="PDF", media_type="application/pdf", endings=("pdf",), container=True),
    Format(name="zip", label="ZIP", media_type="application/zip", endings=("zip",), container=True),
    Format(
        name="tar",
        label="TAR, also compressed",
        media_type="application/x-tar",
        endings=("tar", "tgz"),
        container=True,
    ),
)

_ENDINGS = tuple(f".{ending}" for one in (*IMAGES, *CONTAINERS) for ending in one.endings)


def is_named(name: str) -> bool:
    """Whether a file's name says that it is something that is read: then it is missed if it is not."""
    return name.lower().endswith(_ENDINGS)
