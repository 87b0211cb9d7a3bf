"""links.py: links of the pages lead to files and headings there are, and README names every page."""

import os
import re

import pages

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.M)


def anchors(text):
    """The names of headings as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def wrong_link(source, page, link):
    """What is wrong with a link of a page; None: nothing."""
    path, _, anchor = link.partition("#")
    target = os.path.normpath(os.path.join(source, os.path.dirname(page), path)) if path else os.path.join(source, page)
    if not os.path.exists(target):
        return "there is no such file"
    if anchor and target.endswith(".md") and anchor not in anchors(read(target)):
        return "there is no such heading"
    return None


def wrong(source):
    for page in [*pages.names(source), "CONTRIBUTING.md", "ARCHITECTURE.md", "extensions/settlement/PROTOCOL.md"]:
        text = re.sub(r"^```.*?^```", "", read(os.path.join(source, page)), flags=re.M | re.S)
        for link in LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
            why = None if re.match(r"\w+:", link) else wrong_link(source, page, link)
            if why:
                yield f"{page}: {link}: {why}"
    told = read(os.path.join(source, "README.md"))
    for page in pages.names(source)[1:]:
        if page not in told:
            yield f"README.md does not name {page}"
