"""What holds images: PDFs, archives and files of several pages, each opened without being unpacked."""
