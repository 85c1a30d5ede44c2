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
        extra: The extra that it needs, if it needs one.
    """

    name: str
    label: str
    media_type: str
    container: bool = False
    extra: str | None = None

    @property
    def readable(self) -> bool:
        """Whether it is read by what is installed."""
        return self.extra is None or self.extra in extras.installed()


IMAGES = (
    Format(name="jpeg", label="JPEG", media_type="image/jpeg"),
    Format(name="png", label="PNG", media_type="image/png"),
    Format(name="tiff", label="TIFF", media_type="image/tiff"),
    Format(name="gif", label="GIF", media_type="image/gif"),
    Format(name="bmp", label="BMP", media_type="image/bmp"),
    Format(name="webp", label="WebP", media_type="image/webp"),
    Format(name="avif", label="AVIF", media_type="image/avif"),
    Format(name="jpeg2000", label="JPEG 2000", media_type="image/jp2"),
    Format(name="pnm", label="PNM", media_type="image/x-portable-anymap"),
    Format(name="heic", label="HEIC", media_type="image/heic", extra="heic"),
)
CONTAINERS = (
    Format(name="pdf", label="PDF", media_type="application/pdf", container=True),
    Format(name="zip", label="ZIP", media_type="application/zip", container=True),
    Format(name="tar", label="TAR, also compressed", media_type="application/x-tar", container=True),
)
