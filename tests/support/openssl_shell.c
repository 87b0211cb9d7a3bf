/* openssl_shell.c: the openssl command line, and files. */
#define _POSIX_C_SOURCE 200809L
#include "openssl_shell.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 4096, PATH_SIZE = 512 };

bool openssl_is_there(void)
{
    const bool is = system("openssl version 2>/dev/null | grep -q '^OpenSSL [3-9]'") == 0;
    if (!is)
        fprintf(stderr, "skipped: no openssl command of version 3 or above\n");
    return is;
}

static void in_folder(char *line, const char *folder, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void in_folder(char *line, const char *folder, const char *format, va_list arguments)
{
    const int begun = snprintf(line, LINE_SIZE, "cd '%s' && { ", folder);
    const int length = vsnprintf(line + begun, LINE_SIZE - (size_t)begun, format, arguments);
    if (length < 0 || begun + length + 32 > LINE_SIZE)
        abort();
}

void shell(const char *folder, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    in_folder(line, folder, format, arguments);
    va_end(arguments);
    strcat(line, "; } >said 2>&1");
    if (system(line) == 0)
        return;
    fprintf(stderr, "failed: %s\n", line);
    snprintf(line, sizeof line, "cat '%s/said' >&2", folder);
    (void)!system(line);
    abort();
}

void shell_says(char *to, size_t room, const char *folder, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    in_folder(line, folder, format, arguments);
    va_end(arguments);
    strcat(line, "; }");
    FILE *pipe = popen(line, "r");
    if (pipe == NULL || fgets(to, (int)room, pipe) == NULL)
        abort();
    to[strcspn(to, "\n")] = '\0';
    (void)pclose(pipe);
}

char *read_whole(const char *folder, const char *name, size_t *size)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, 1 << 20);
    if (file == NULL || bytes == NULL)
        abort();
    const size_t got = fread(bytes, 1, (1 << 20) - 1, file);
    fclose(file);
    if (size != NULL)
        *size = got;
    return bytes;
}

void write_whole(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        abort();
}

void make_ca(const char *folder, const char *name, const char *more)
{
    shell(folder,
          "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s.key -out %s.pem -days 3650 "
          "-subj '/O=Example/CN=%s' %s",
          name, name, name, more);
}

void sign_request(const char *folder, const char *request, const char *issuer, const char *out, int days, const char *extensions)
{
    shell(folder,
          "printf '%s\\n' >%s.ext; openssl x509 -req -in %s -CA %s.pem -CAkey %s.key -out %s.pem -days %d -extfile %s.ext",
          extensions, out, request, issuer, issuer, out, days, out);
}

void make_leaf(const char *folder, const char *name, const char *issuer, int days, const char *extensions)
{
    char request[PATH_SIZE];
    shell(
        folder,
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s.key -out %s.csr -subj '/O=Example/CN=%s'",
        name, name, name);
    snprintf(request, sizeof request, "%s.csr", name);
    sign_request(folder, request, issuer, name, days, extensions);
}
