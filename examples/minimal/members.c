/* members.c: a thread that answers questions in the order they came. */
#include "members.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 1000 };

struct question {
    struct question *next;
    void (*answer)(bool is_member, void *user);
    void *user;
    char token[256];
};

struct members {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct question *first;
    struct question **last;
    int waiting;
    bool stopped;
    bool joined;
};

static struct question *next_question(struct members *members)
{
    struct question *question;

    pthread_mutex_lock(&members->lock);
    while (!members->first && !members->stopped) {
        pthread_cond_wait(&members->came, &members->lock);
    }
    question = members->first;
    if (question) {
        members->first = question->next;
        members->last = members->first ? members->last : &members->first;
        members->waiting--;
    }
    pthread_mutex_unlock(&members->lock);
    return question;
}

static void *answer_questions(void *user)
{
    struct members *members = user;
    struct question *question;

    while ((question = next_question(members))) {
        question->answer(strncmp(question->token, "MEMBER", 6) == 0, question->user);
        free(question);
    }
    return NULL;
}

struct members *members_new(void)
{
    struct members *members = calloc(1, sizeof *members);

    if (!members) {
        return NULL;
    }
    members->last = &members->first;
    pthread_mutex_init(&members->lock, NULL);
    pthread_cond_init(&members->came, NULL);
    if (pthread_create(&members->thread, NULL, answer_questions, members) != 0) {
        free(members);
        return NULL;
    }
    return members;
}

bool members_ask(struct members *members, const char *token, void (*answer)(bool is_member, void *user), void *user)
{
    struct question *question = calloc(1, sizeof *question);
    bool taken;

    if (!question) {
        return false;
    }
    question->answer = answer;
    question->user = user;
    snprintf(question->token, sizeof question->token, "%s", token);
    pthread_mutex_lock(&members->lock);
    taken = !members->stopped && members->waiting < WAITING_MAX;
    if (taken) {
        *members->last = question;
        members->last = &question->next;
        members->waiting++;
        pthread_cond_signal(&members->came);
    }
    pthread_mutex_unlock(&members->lock);
    if (!taken) {
        free(question);
    }
    return taken;
}

void members_stop(struct members *members)
{
    pthread_mutex_lock(&members->lock);
    members->stopped = true;
    pthread_cond_signal(&members->came);
    pthread_mutex_unlock(&members->lock);
    if (!members->joined) {
        pthread_join(members->thread, NULL);
        members->joined = true;
    }
}

void members_free(struct members *members)
{
    if (!members) {
        return;
    }
    members_stop(members);
    pthread_mutex_destroy(&members->lock);
    pthread_cond_destroy(&members->came);
    free(members);
}
