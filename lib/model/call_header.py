"""call_header.py: the header of typed calls that generate.py makes beside the structs and tables: per action one inline function that
calls it, and one that answers it. They hold the C compiler to the right struct and cost nothing where they are not used."""
from notation import Call, action_index, snake

LINE_WIDTH = 130
ON_ANSWER = "\n    void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user), void *user"


class CallHeader:
    def __init__(self, model, header, path, comment):
        """|comment| folds paragraphs into a block comment."""
        self.model, self.comment = model, comment
        self.header, self.include = include_name(header), include_name(path)
        self.lines = []

    def text(self, title, banner):
        guard = "".join(c if c.isalnum() else "_" for c in self.include.upper())
        prefix = self.model.prefix
        self.lines += [
            self.comment(f"{self.include.rpartition('/')[2]}: {title}. {banner}", LEGEND.replace("<prefix>", prefix)),
            f"#ifndef {guard}", f"#define {guard}", "", "#include <ocpp/rpc.h>", f"#include <{self.header}>", "",
            "OCPP_BEGIN_DECLARATIONS", "", "/* clang-format off */", "",
        ]  # fmt: skip
        for call in sorted(self.model.of(Call), key=lambda call: call.name):
            (self.call if call.response else self.send)(call)
        self.lines += ["/* clang-format on */", "", "OCPP_END_DECLARATIONS", "", "#endif"]
        return "\n".join(self.lines) + "\n"

    def call(self, call):
        name, action = self.names(call)
        self.function(f"{name}_call", f"const struct {self.tag(call.request)} *request,{ON_ANSWER}",
                      f"ocpp_rpc_ask(rpc, {action}, request, on_answer, user)")
        self.function(f"{name}_reply", f"struct ocpp_call_token token, const struct {self.tag(call.response)} *response",
                      f"ocpp_rpc_answer(rpc, {action}, token, response)")

    def send(self, call):
        name, action = self.names(call)
        self.function(f"{name}_send", f"const struct {self.tag(call.request)} *request",
                      f"ocpp_rpc_ask(rpc, {action}, request, NULL, NULL)")

    def function(self, name, arguments, body):
        head = f"{name}(struct ocpp_rpc *rpc, "
        if len(head + arguments.partition("\n")[0]) >= LINE_WIDTH:
            arguments = "\n    " + arguments
        self.lines += ["static inline OCPP_MUST_USE enum ocpp_status", *fold(head + arguments + ")"), "{"]
        self.lines += [*fold(f"    return {body};"), "}", ""]

    def names(self, call):
        prefix = self.model.prefix
        return f"{prefix}_{snake(call.name)}", f"&{prefix}_actions[{action_index(self.model, call.name)}]"

    def tag(self, struct):
        return f"{self.model.prefix}_{struct.c_name}"


def fold(text):
    """The lines of |text|, those that are too long broken behind their last comma that still fits."""
    lines = []
    for line in text.split("\n"):
        line = line.rstrip()
        while len(line) > LINE_WIDTH:
            cut = line.rfind(", ", 0, LINE_WIDTH) + 1
            lines.append(line[:cut])
            line = "        " + line[cut:].lstrip()
        lines.append(line)
    return lines


def include_name(path):
    return path.replace("\\", "/").rpartition("include/")[2]


LEGEND = (
    "<prefix>_<action>_call() is ocpp_rpc_ask(), <prefix>_<action>_reply() is ocpp_rpc_answer(), of one action each, so that the "
    "compiler knows the struct; see rpc.h for what they do."
)
