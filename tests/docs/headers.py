#!/usr/bin/env python3
"""headers.py DOXYFILE: doxygen has nothing to remark on the public headers, and each function and struct has its comment. Without doxygen, a skip."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

GENERATED = re.compile(r"/(v16|v16_pnc|v201|v21|model|link_model)\w*\.h:")
QUICK = "EXTRACT_ALL=NO\nWARN_IF_UNDOCUMENTED=YES\nGENERATE_HTML=NO\nGENERATE_XML=YES\nXML_PROGRAMLISTING=NO\n"


def remarks(doxyfile, more=""):
    """What doxygen says, but for members, enums and macros without a comment: they say what they are, or their neighbours do."""
    with open(doxyfile, encoding="utf-8") as file, tempfile.TemporaryDirectory() as folder:
        settings = file.read() + QUICK + f"OUTPUT_DIRECTORY={folder}\n" + more
        done = subprocess.run(["doxygen", "-"], input=settings, capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return [line for line in said if "is not documented" not in line or (re.search(r"\(function\)|Compound", line) and not GENERATED.search(line))]


def the_test_can_fail(doxyfile):
    """A function without a comment, and a comment that doxygen does not understand."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "wrong.h"), "w", encoding="ascii") as file:
            file.write("/* wrong.h: a file. */\nint ocpp_bare(void);\n\nstruct ocpp_alone {\n    int a;\n};\n\n/** \\nonsense */\nint ocpp_odd(void);\n")
        said = "\n".join(remarks(doxyfile, f"INPUT={folder}\n"))
    assert "ocpp_bare" in said and "ocpp_alone" in said and "nonsense" in said, said


def main():
    if not shutil.which("doxygen"):
        print("doxygen is not installed (scripts/setup check)")
        return 77
    the_test_can_fail(sys.argv[1])
    said = remarks(sys.argv[1])
    print("\n".join(said[:50]))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
