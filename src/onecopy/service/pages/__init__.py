"""The pages that people use in a browser, one module a subject.

A page is a router's endpoint that takes who looks (:mod:`onecopy.service.pages.visitor`) and returns
:func:`onecopy.service.pages.render.page`. All are made on the server and work without a script.
"""
