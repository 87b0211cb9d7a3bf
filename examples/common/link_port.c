/* link_port.c: see link_port.h. */
#include "link_port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

enum { FRAME_ROOM = 256 };

static bool fail(struct link_port *port, char *reason, size_t size, const char *what)
{
    snprintf(reason, size, "%s: %s", what, strerror(errno));
    link_port_close(port);
    return false;
}

static void clear(struct link_port *port)
{
    *port = (struct link_port){ .listener = -1, .fd = -1, .other_fd = -1 };
}

static bool is_quick(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* A line that changes nothing of what goes over it. */
static bool be_raw(int fd)
{
    struct termios line;

    if (tcgetattr(fd, &line) != 0) {
        return false;
    }
    cfmakeraw(&line);
    return tcsetattr(fd, TCSANOW, &line) == 0;
}

static bool listen_terminal(struct link_port *port, char *reason, size_t size)
{
    port->fd = posix_openpt(O_RDWR | O_NOCTTY);
    const char *name = port->fd >= 0 && grantpt(port->fd) == 0 && unlockpt(port->fd) == 0 ? ptsname(port->fd) : NULL;

    if (!name || (size_t)snprintf(port->path, sizeof port->path, "%s", name) >= sizeof port->path) {
        return fail(port, reason, size, "pty");
    }
    port->other_fd = open(name, O_RDWR | O_NOCTTY);
    if (port->other_fd < 0 || !be_raw(port->other_fd) || !is_quick(port->fd) || !is_quick(port->other_fd)) {
        return fail(port, reason, size, name);
    }
    return true;
}

static int socket_at(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if ((size_t)snprintf(address->sun_path, sizeof address->sun_path, "%s", path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

/* A socket that somebody left behind makes room, nothing else does. */
static void make_place(const char *path)
{
    struct stat facts;

    if (lstat(path, &facts) == 0 && S_ISSOCK(facts.st_mode)) {
        (void)unlink(path);
    }
}

static bool listen_socket(struct link_port *port, const char *path, char *reason, size_t size)
{
    struct sockaddr_un address;

    port->listener = socket_at(path, &address);
    if (port->listener < 0) {
        return fail(port, reason, size, path);
    }
    make_place(path);
    const mode_t before = umask(0077);
    const bool is_bound = bind(port->listener, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)umask(before);
    if (!is_bound || listen(port->listener, 4) != 0 || !is_quick(port->listener)) {
        return fail(port, reason, size, path);
    }
    snprintf(port->path, sizeof port->path, "%s", path);
    return true;
}

bool link_port_listen(struct link_port *port, const char *where, char *reason, size_t size)
{
    clear(port);
    if (strcmp(where, "pty") == 0) {
        return listen_terminal(port, reason, size);
    }
    return listen_socket(port, where + strlen("unix:"), reason, size);
}

bool link_port_dial(struct link_port *port, const char *where, char *reason, size_t size)
{
    struct sockaddr_un address;

    clear(port);
    if (strncmp(where, "unix:", 5) == 0) {
        port->fd = socket_at(where + 5, &address);
        if (port->fd < 0 || connect(port->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
            return fail(port, reason, size, where);
        }
    } else {
        port->fd = open(where, O_RDWR | O_NOCTTY);
        if (port->fd < 0 || !be_raw(port->fd)) {
            return fail(port, reason, size, where);
        }
    }
    return is_quick(port->fd) || fail(port, reason, size, where);
}

static void shut(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

void link_port_close(struct link_port *port)
{
    if (port->listener >= 0 && port->path[0] != '\0') {
        (void)unlink(port->path);
    }
    shut(&port->fd);
    shut(&port->other_fd);
    shut(&port->listener);
}

bool link_port_accept(struct link_port *port)
{
    const int fd = port->listener >= 0 ? accept(port->listener, NULL, NULL) : -1;

    if (fd < 0) {
        return false;
    }
    shut(&port->fd);
    port->waiting_size = 0;
    port->fd = fd;
    return is_quick(fd);
}

/* Nobody is there any more; of a terminal one cannot know. */
static bool is_gone(struct link_port *port)
{
    if (errno == EAGAIN || errno == EINTR || errno == EWOULDBLOCK) {
        return false;
    }
    port->waiting_size = 0;
    if (port->other_fd < 0) {
        shut(&port->fd);
    }
    return true;
}

int link_port_read(struct link_port *port, unsigned char *bytes, size_t size)
{
    if (port->fd < 0) {
        return 0;
    }
    const ssize_t got = read(port->fd, bytes, size);
    if (got > 0) {
        return (int)got;
    }
    errno = got == 0 ? EPIPE : errno;
    return is_gone(port) ? -1 : 0;
}

bool link_port_has_room(const struct link_port *port)
{
    return port->fd >= 0 && port->waiting_size + FRAME_ROOM <= sizeof port->waiting;
}

bool link_port_flush(struct link_port *port)
{
    while (port->fd >= 0 && port->waiting_size > 0) {
        const ssize_t put = write(port->fd, port->waiting, port->waiting_size);

        if (put <= 0) {
            return put == 0 || !is_gone(port);
        }
        port->waiting_size -= (size_t)put;
        memmove(port->waiting, port->waiting + put, port->waiting_size);
    }
    return true;
}

bool link_port_write(struct link_port *port, const unsigned char *bytes, size_t size)
{
    if (port->waiting_size + size <= sizeof port->waiting) {
        memcpy(port->waiting + port->waiting_size, bytes, size);
        port->waiting_size += size;
    }
    return link_port_flush(port);
}
