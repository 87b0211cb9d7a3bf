/* recorder_limits.c: a pile that is recorded begins without files, so it has no certificates; whoever looks on is told when they
 * are asked for. */
#include "recorder.h"

#include <stdio.h>
#include <string.h>

enum { HEAD = 256, ACTION = 48 };

static const char *const of_certificates[] = { "InstallCertificate", "DeleteCertificate", "CertificateSigned",
                                               "GetInstalledCertificateIds" };

/* The action of a call: what stands in the second quotes. */
static bool action_of(const char *text, size_t size, char action[ACTION])
{
    char head[HEAD];
    int type = 0;

    snprintf(head, sizeof head, "%.*s", (int)(size < HEAD ? size : HEAD - 1), text);
    return sscanf(head, " [ %d , \"%*[^\"]\" , \"%47[A-Za-z]\"", &type, action) == 2 && type == 2;
}

const char *recorder_cannot(const char *text, size_t size)
{
    char action[ACTION];

    if (!action_of(text, size, action)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof of_certificates / sizeof of_certificates[0]; i++) {
        if (strcmp(of_certificates[i], action) == 0) {
            return "recorded: there is no folder of certificates (--state): this comes to nothing";
        }
    }
    return NULL;
}
