/* admission.c: what a handshake proves, by the standard's rules: see admission.h. */
#include <ocpp/admission.h>

#include <string.h>
#include <strings.h>

static struct ocpp_admission refused(enum ocpp_admission_verdict verdict, const char *reason)
{
    return (struct ocpp_admission){ .verdict = verdict, .reason = reason };
}

/* --- certificates (A00.FR.404, FR.405, FR.511) ------------------------------------------------------------------------------ */

static bool is_trusted_owner(const struct ocpp_client_certificate *certificate, const struct ocpp_admission_rules *rules)
{
    for (size_t i = 0; i < rules->organization_count; i++) {
        if (strcmp(certificate->info.organization, rules->organizations[i]) == 0)
            return true;
    }
    return rules->organization_count == 0;
}

/* Serial numbers are compared without regard to case, as 1.6 has them (CiString); identities are not. */
static bool names_station(const struct ocpp_handshake *handshake, const struct ocpp_admission_rules *rules)
{
    const char *name = handshake->certificate->info.common_name;
    if (name[0] == '\0')
        return false;
    if (rules->serial_number != NULL && !rules->common_name_is_identity)
        return strcasecmp(name, rules->serial_number) == 0;
    return strcmp(name, handshake->identity) == 0;
}

/* NULL: it is the station's own, and good. */
static const char *certificate_fault(const struct ocpp_handshake *handshake, const struct ocpp_admission_rules *rules)
{
    if (!names_station(handshake, rules))
        return "its certificate is another station's";
    if (!is_trusted_owner(handshake->certificate, rules))
        return "its certificate belongs to another organization";
    if (handshake->certificate->has_expired && !rules->may_have_expired)
        return "its certificate has expired";
    return NULL;
}

/* --- passwords (A00.FR.204, FR.207) ----------------------------------------------------------------------------------------- */

static enum ocpp_admission_verdict check_password(const struct ocpp_handshake *handshake,
                                                  const struct ocpp_admission_rules *rules)
{
    if (!handshake->has_basic || strcmp(handshake->basic_user, handshake->identity) != 0)
        return OCPP_ADMISSION_UNAUTHORIZED;
    return rules->check_password(handshake->basic_password, handshake->basic_password_size, rules->user);
}

static struct ocpp_admission prove_by_password(const struct ocpp_handshake *handshake, const struct ocpp_admission_rules *rules)
{
    if (rules->check_password == NULL)
        return (struct ocpp_admission){ .security_profile = OCPP_SECURITY_NONE };
    const enum ocpp_admission_verdict verdict = check_password(handshake, rules);
    if (verdict == OCPP_ADMISSION_UNAUTHORIZED)
        return refused(verdict, handshake->has_basic ? "a wrong name or password" : "no password");
    if (verdict != OCPP_ADMISSION_ACCEPT)
        return refused(verdict, verdict == OCPP_ADMISSION_OVERLOADED ? "too many passwords to check" : NULL);
    return (struct ocpp_admission){ .security_profile = handshake->tls ? OCPP_SECURITY_TLS : OCPP_SECURITY_BASIC };
}

/* --- both ------------------------------------------------------------------------------------------------------------------ */

static struct ocpp_admission prove(const struct ocpp_handshake *handshake, const struct ocpp_admission_rules *rules)
{
    if (handshake->certificate == NULL)
        return prove_by_password(handshake, rules);
    const char *fault = certificate_fault(handshake, rules);
    if (fault == NULL)
        return (struct ocpp_admission){
            .security_profile = OCPP_SECURITY_CERTIFICATE,
            .serial_number = rules->serial_number,
        };
    if (!handshake->has_basic || rules->check_password == NULL)
        return refused(OCPP_ADMISSION_FORBIDDEN, fault);
    return prove_by_password(handshake, rules);
}

/* The most that could come of it. */
static enum ocpp_security_profile best_of(const struct ocpp_handshake *handshake, const struct ocpp_admission_rules *rules)
{
    if (handshake->certificate != NULL)
        return OCPP_SECURITY_CERTIFICATE;
    if (rules->check_password == NULL)
        return OCPP_SECURITY_NONE;
    return handshake->tls ? OCPP_SECURITY_TLS : OCPP_SECURITY_BASIC;
}

struct ocpp_admission ocpp_admission_check(const struct ocpp_handshake *handshake, const struct ocpp_admission_rules *rules)
{
    if (best_of(handshake, rules) < rules->lowest_profile) /* whether a password would be right is not for everybody to hear */
        return refused(OCPP_ADMISSION_FORBIDDEN, "below the security profile it has to have");
    const struct ocpp_admission admission = prove(handshake, rules);
    if (admission.verdict == OCPP_ADMISSION_ACCEPT && admission.security_profile < rules->lowest_profile)
        return refused(OCPP_ADMISSION_FORBIDDEN, "below the security profile it has to have");
    return admission;
}
