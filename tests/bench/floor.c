/* floor.c: the least an OCPP-J server can cost with our two libraries: libwebsockets carries, cJSON parses and prints, nothing is
 * checked. What ocpp-csms costs is told as a ratio to this, measured in the same run.
 *
 * usage: floor PORT [poll|ev|uv] [deflate] [CERTIFICATE KEY]   (poll, libwebsockets' own loop, is the default; deflate: its own
 * permessage-deflate) */
#include <cjson/cJSON.h>
#include <libwebsockets.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct connection {
    unsigned char *out;
    size_t size;
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static cJSON *answer_to(const char *action)
{
    cJSON *payload = cJSON_CreateObject();
    char text[40];
    time_t now = time(NULL);
    struct tm calendar;

    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &calendar));
    if (strcmp(action, "BootNotification") == 0) {
        cJSON_AddStringToObject(payload, "status", "Accepted");
        cJSON_AddNumberToObject(payload, "interval", 300);
        cJSON_AddStringToObject(payload, "currentTime", text);
    } else if (strcmp(action, "Heartbeat") == 0) {
        cJSON_AddStringToObject(payload, "currentTime", text);
    } else if (strcmp(action, "StartTransaction") == 0) {
        cJSON_AddNumberToObject(payload, "transactionId", 1);
        cJSON_AddStringToObject(cJSON_AddObjectToObject(payload, "idTagInfo"), "status", "Accepted");
    }
    return payload;
}

static void on_text(struct lws *wsi, struct connection *connection, const char *text, size_t size)
{
    cJSON *call = cJSON_ParseWithLength(text, size);
    const cJSON *id = cJSON_GetArrayItem(call, 1);
    const cJSON *action = cJSON_GetArrayItem(call, 2);

    if (cJSON_IsString(id) && cJSON_IsString(action) && !connection->out) {
        cJSON *answer = cJSON_CreateArray();
        cJSON_AddItemToArray(answer, cJSON_CreateNumber(3));
        cJSON_AddItemToArray(answer, cJSON_CreateString(id->valuestring));
        cJSON_AddItemToArray(answer, answer_to(action->valuestring));
        char *printed = cJSON_PrintUnformatted(answer);
        connection->size = strlen(printed);
        connection->out = malloc(LWS_PRE + connection->size);
        memcpy(connection->out + LWS_PRE, printed, connection->size);
        free(printed);
        cJSON_Delete(answer);
        lws_callback_on_writable(wsi);
    }
    cJSON_Delete(call);
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    struct connection *connection = user;

    if (reason == LWS_CALLBACK_RECEIVE) {
        on_text(wsi, connection, in, size);
    }
    if (reason == LWS_CALLBACK_SERVER_WRITEABLE && connection->out) {
        lws_write(wsi, connection->out + LWS_PRE, connection->size, LWS_WRITE_TEXT);
    }
    if ((reason == LWS_CALLBACK_SERVER_WRITEABLE || reason == LWS_CALLBACK_CLOSED) && connection) {
        free(connection->out);
        connection->out = NULL;
    }
    return 0;
}

static const struct lws_extension extensions[] = {
    { "permessage-deflate", lws_extension_callback_pm_deflate,
      "permessage-deflate; client_no_context_takeover; server_no_context_takeover" },
    { NULL, NULL, NULL },
};

static void read_options(struct lws_context_creation_info *info, int argc, char **argv)
{
    info->port = atoi(argv[1]);
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "ev") == 0) {
            info->options |= LWS_SERVER_OPTION_LIBEV;
        } else if (strcmp(argv[i], "uv") == 0) {
            info->options |= LWS_SERVER_OPTION_LIBUV;
        } else if (strcmp(argv[i], "deflate") == 0) {
            info->extensions = extensions;
        } else if (i + 1 < argc && strcmp(argv[i], "poll") != 0) {
            info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
            info->ssl_cert_filepath = argv[i];
            info->ssl_private_key_filepath = argv[++i];
        }
    }
}

int main(int argc, char **argv)
{
    const struct lws_protocols protocols[] = {
        { "ocpp1.6", callback, sizeof(struct connection), 4096, 0, NULL, 0 },
        { "ocpp2.0.1", callback, sizeof(struct connection), 4096, 0, NULL, 0 },
        { NULL, NULL, 0, 0, 0, NULL, 0 },
    };
    struct lws_context_creation_info info;

    if (argc < 2) {
        return 2;
    }
    memset(&info, 0, sizeof info);
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.pt_serv_buf_size = 4096;
    read_options(&info, argc, argv);
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context *context = lws_create_context(&info);
    if (!context) {
        return 1;
    }
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    while (!stopped) {
        lws_service(context, 0);
    }
    lws_context_destroy(context);
    return 0;
}
