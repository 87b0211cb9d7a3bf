/* secret_line.c: see secret_line.h. Rather one line too many: whatever names a secret is one. */
#include "secret_line.h"
#include "frame_secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The commands whose words are secrets themselves. */
static const char *const covered_commands[] = { "key", "password" };

static size_t first_word(const char *line, const char **word)
{
    *word = line + strspn(line, " \t");
    return strcspn(*word, " \t");
}

bool secret_line(const char *line)
{
    const char *word;
    const size_t size = first_word(line, &word);
    char *covered = secrets_cover(line, strlen(line));
    const bool names_secret = covered != NULL;

    free(covered);
    for (size_t i = 0; i < sizeof covered_commands / sizeof covered_commands[0]; i++) {
        if (strlen(covered_commands[i]) == size && strncmp(word, covered_commands[i], size) == 0) {
            return true;
        }
    }
    return names_secret;
}

void secret_line_cover(const char *line, char *shown, size_t size)
{
    const char *word;
    const size_t length = first_word(line, &word);

    if (secret_line(line)) {
        snprintf(shown, size, "%.*s ****", (int)length, word);
    } else {
        snprintf(shown, size, "%s", line);
    }
}
