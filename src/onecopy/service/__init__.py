"""The gate over HTTP. Programs call :func:`onecopy.service.app.create_app`; people run ``onecopy serve``."""
