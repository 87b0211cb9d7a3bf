/* capture.c: see capture.h. A file and no pipe: a pipe that nobody empties meanwhile would stop whoever prints much. */
#include "capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct {
    bool is_on;
    bool has_error; /* standard error is captured as well */
    int file;
    int output; /* what they were */
    int error;
    off_t taken;
} capture;

static int nameless_file(void)
{
    FILE *file = tmpfile();
    const int descriptor = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1;

    if (file) {
        fclose(file);
    }
    if (descriptor >= 0) {
        (void)fcntl(descriptor, F_SETFL, O_APPEND); /* it is cut when all was taken, and whoever prints goes on at its end */
    }
    return descriptor;
}

static void close_all(void)
{
    const int descriptors[] = { capture.file, capture.output, capture.error };

    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
        if (descriptors[i] >= 0) {
            close(descriptors[i]);
        }
    }
}

int capture_begin(void)
{
    fflush(stdout);
    capture.taken = 0;
    capture.file = nameless_file();
    capture.output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    capture.error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    capture.has_error = capture.error >= 0 && isatty(STDERR_FILENO);
    if (capture.file < 0 || capture.output < 0 || dup2(capture.file, STDOUT_FILENO) < 0) {
        close_all();
        return -1;
    }
    if (capture.has_error) {
        (void)dup2(capture.file, STDERR_FILENO);
    }
    capture.is_on = true;
    return capture.output;
}

bool capture_line(char *line, size_t size)
{
    if (!capture.is_on) {
        return false;
    }
    fflush(stdout);
    const ssize_t got = pread(capture.file, line, size - 1, capture.taken);
    if (got <= 0) {
        if (capture.taken > 0 && ftruncate(capture.file, 0) == 0) {
            capture.taken = 0;
        }
        return false;
    }
    const char *end = memchr(line, '\n', (size_t)got);
    if (!end && (size_t)got < size - 1) {
        return false; /* the rest of it is still to come */
    }
    const size_t length = end ? (size_t)(end - line) : (size_t)got;
    line[length] = '\0';
    capture.taken += (off_t)length + (end ? 1 : 0);
    return true;
}

void capture_rescue(void)
{
    char bytes[4096];
    ssize_t got;

    while (capture.is_on && (got = pread(capture.file, bytes, sizeof bytes, capture.taken)) > 0) {
        capture.taken += got;
        if (write(capture.error, bytes, (size_t)got) < 0) {
            return;
        }
    }
}

void capture_end(void)
{
    if (!capture.is_on) {
        return;
    }
    fflush(stdout);
    (void)dup2(capture.output, STDOUT_FILENO);
    if (capture.has_error) {
        (void)dup2(capture.error, STDERR_FILENO);
    }
    capture_rescue();
    capture.is_on = false;
    close_all();
}
