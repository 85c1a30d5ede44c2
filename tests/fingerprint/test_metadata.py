import time

import pytest
from PIL import ExifTags, Image

from onecopy.decode.images import open_picture
from onecopy.decode.pillow import Metadata
from onecopy.fingerprint.metadata import clean, read_capture
from onecopy.model import Capture, Limits

XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
  xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
  xmpMM:DocumentID="xmp.did:2" xmpMM:InstanceID="xmp.iid:3" xmpMM:OriginalDocumentID="xmp.did:1"
  xmp:CreatorTool="Studio 4">
 <xmpMM:DerivedFrom stRef:instanceID="xmp.iid:0" stRef:documentID="xmp.did:0"/>
 <xmpMM:Pantry><rdf:Bag><rdf:li rdf:parseType="Resource"><dc:rights>of another</dc:rights></rdf:li></rdf:Bag>
 </xmpMM:Pantry>
 <ext:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</ext:DigitalSourceType>
 <dc:creator><rdf:Seq><rdf:li>Ada Example</rdf:li><rdf:li>Someone else</rdf:li></rdf:Seq></dc:creator>
 <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">City of Examples</rdf:li></rdf:Alt></dc:rights>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def _exif() -> Image.Exif:
    exif = Image.Exif()
    base, gps = ExifTags.Base, ExifTags.GPS
    exif[base.Make] = "Maker\0"
    exif[base.Model] = "  Model \x07 7 "
    exif[base.Software] = "1.2"
    exif[base.Artist] = "Ada"
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            base.DateTimeOriginal: "2024:03:09 17:04:05",
            base.SubsecTimeOriginal: "042",
            base.OffsetTimeOriginal: "-08:00",
            base.BodySerialNumber: "SN 00017",
        }
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            gps.GPSLatitudeRef: "N",
            gps.GPSLatitude: (34.0, 3.0, 7.92),
            gps.GPSLongitudeRef: "W",
            gps.GPSLongitude: (118.0, 14.0, 37.32),
        }
    )
    return exif


def _of(data: bytes) -> Capture:
    return read_capture(open_picture(data, Limits()).metadata)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_fields(format, photo, encode):
    found = _of(encode(photo.resize((48, 32)), format, exif=_exif()))
    assert found == Capture(
        taken_at="2024-03-09T17:04:05.042-08:00",
        camera_make="Maker",
        camera_model="Model 7",
        camera_serial="SN 00017",
        software="1.2",
        gps=(34.0522, -118.2437),
        creator="Ada",
    )


def test_a_time_without_fraction_or_offset_stays_so():
    exif = _exif()
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    del detail[ExifTags.Base.SubsecTimeOriginal]
    detail[ExifTags.Base.OffsetTimeOriginal] = "somewhere"
    assert read_capture(Metadata(exif=exif)).taken_at == "2024-03-09T17:04:05"
    for nothing in ("0000:00:00 00:00:00", "    :  :     :  :  ", ""):
        detail[ExifTags.Base.DateTimeOriginal] = nothing
        assert read_capture(Metadata(exif=exif)).taken_at is None


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_xmp_fields(format, photo, encode):
    small = photo.resize((48, 32))
    if format == "PNG":
        from PIL.PngImagePlugin import PngInfo

        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        data = encode(small, "PNG", pnginfo=text)
    elif format == "TIFF":
        data = encode(small, "TIFF", tiffinfo={700: XMP})
    else:
        data = encode(small, format, xmp=XMP)
    assert _of(data) == Capture(
        software="Studio 4",
        document_id="xmp.did:2",
        original_document_id="xmp.did:1",
        derived_from="xmp.did:0",
        digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        creator="Ada Example",
        rights="City of Examples",
    )


def test_exif_goes_before_xmp():
    both = read_capture(Metadata(exif=_exif(), xmp=XMP))
    assert (both.creator, both.software, both.rights) == ("Ada", "1.2", "City of Examples")


def test_iptc_fields():
    def dataset(number: int, value: bytes) -> bytes:
        return bytes([0x1C, 2, number]) + len(value).to_bytes(2, "big") + value

    iptc = dataset(0, b"\0\2") + dataset(80, b"Ada") + dataset(116, "© City".encode())
    assert read_capture(Metadata(iptc=iptc)) == Capture(creator="Ada", rights="© City")
    assert read_capture(Metadata(iptc=iptc[:9])) == Capture()


def test_an_entity_bomb_is_refused_at_once():
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10 if level else b"aaaaaaaaaa")
        for level in range(12)
    )
    bomb = b"<!DOCTYPE x [" + entities + b"]><x>&e11;</x>"
    outside = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>'
    started = time.monotonic()
    assert read_capture(Metadata(xmp=bomb)) == Capture()
    assert read_capture(Metadata(xmp=outside)) == Capture()
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "xmp",
    [
        b"",
        b"<",
        b"\xff\xfe\x00",
        b"<x>" * 5000,
        XMP[:700],
        XMP.replace(b"xmpMM:DocumentID", b"a:b"),
        b"\0" * 5000,
    ],
)
def test_damaged_xmp_raises_nothing(xmp):
    assert isinstance(read_capture(Metadata(xmp=xmp)), Capture)


def test_text_from_strangers_is_cleaned_and_bounded():
    assert clean("a\x00b\x1b[31m\u202ec\n d") == "a b [31m c d"
    assert clean(b"bytes\xff\0rest") == "bytes\ufffd"
    assert len(clean("x" * 10_000)) == 200
    assert clean("\x00 \n") is None
    assert clean(42) is None
    long = XMP.replace(b"Ada Example", b"A" * 100_000)
    assert read_capture(Metadata(xmp=long)).creator == "A" * 200


def test_places_out_of_this_world_are_left_out():
    exif = _exif()
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    for latitude in ((134.0, 0.0, 0.0), (float("nan"), 0.0, 0.0), ("a", "b", "c"), (1.0,), None):
        place[ExifTags.GPS.GPSLatitude] = latitude
        assert read_capture(Metadata(exif=exif)).gps is None
