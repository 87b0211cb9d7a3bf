/* peer.js: ocpp-rpc with strict validation, remote-controlled over standard input and output (the protocol is in ../README.md).
 * What is played stands in the driver; this file only lends it the library. */
'use strict';
const http = require('http');
const readline = require('readline');
const { RPCClient, RPCServer } = require('ocpp-rpc');
const validators = require('ocpp-rpc/lib/standard-validators');

const CALL_TIMEOUT_MS = 15000;

function tell(event) {
    process.stdout.write(JSON.stringify(event) + '\n');
}

function complain(error) {
    tell({ event: 'complaint', what: `${error.rpcErrorCode || error.name}: ${error.message}` });
}

/* --- what both roles do with a connection ---------------------------------------------------------------------------------- */

/* A prepared answer, with the time where it asks for it. */
function answer(prepared) {
    return JSON.parse(JSON.stringify(prepared).replaceAll('"$now"', JSON.stringify(new Date().toISOString())));
}

function prepare(connection, answers) {
    for (const action of Object.keys(answers)) {
        connection.handle(action, ({ params }) => {
            tell({ event: 'call', action, payload: params });
            return answer(answers[action]);
        });
    }
}

function attach(connection, answers) {
    connection.on('message', ({ message, outbound }) => tell({ event: 'frame', direction: outbound ? 'out' : 'in', text: String(message) }));
    connection.on('strictValidationFailure', ({ error, outbound }) => outbound || complain(error));
    connection.on('badMessage', ({ error }) => complain(error));
    connection.on('close', ({ code, reason }) => tell({ event: 'closed', code, reason: String(reason || '') }));
    prepare(connection, answers);
}

async function call(connection, { n, action, payload }) {
    try {
        tell({ event: 'answer', n, result: await connection.call(action, payload, { callTimeoutMs: CALL_TIMEOUT_MS }) });
    } catch (error) {
        tell({ event: 'answer', n, error: { code: error.rpcErrorCode || error.name, description: error.message } });
    }
}

function obey(connectionOf, answers) {
    const orders = {
        answers: ({ answers: more }) => {
            Object.assign(answers, more);
            if (connectionOf()) {
                prepare(connectionOf(), answers);
            }
        },
        call: order => call(connectionOf(), order),
        raw: ({ text }) => connectionOf().sendRaw(text),
    };
    const lines = readline.createInterface({ input: process.stdin });
    lines.on('line', line => {
        const order = JSON.parse(line);
        orders[order.do](order);
    });
    lines.on('close', () => process.exit(0));
}

/* --- the roles ------------------------------------------------------------------------------------------------------------- */

async function station({ url, id, password, offer }, answers) {
    const validated = offer.filter(protocol => validators.some(v => v.subprotocol === protocol));
    const client = new RPCClient({
        endpoint: url, identity: id, password: password === undefined ? null : password, protocols: offer, strictMode: validated,
        reconnect: false,
    });
    attach(client, answers);
    obey(() => client, answers);
    try {
        await client.connect();
        tell({ event: 'connected', id, protocol: client.protocol });
    } catch (error) {
        tell({ event: 'refused', status: Number.isInteger(error.code) ? error.code : 0, reason: error.message });
    }
}

/* The library leaves the refusal of a station without a common version to the application (README, "rules they break"). */
async function central({ stations, offer }, answers) {
    const server = new RPCServer({ protocols: offer, strictMode: true });
    let connection = null;
    server.auth((accept, reject, { identity, password, protocols }) => {
        tell({ event: 'asked', id: identity, password: password === undefined ? null : password.toString() });
        const known = stations.find(s => s.id === identity);
        if (!known) {
            reject(404, 'Not Found');
        } else if (known.password !== undefined && String(password) !== known.password) {
            reject(401, 'Unauthorized');
        } else if (!offer.some(protocol => protocols.has(protocol))) {
            reject(400, 'no common subprotocol');
        } else {
            accept({});
        }
    });
    server.on('client', client => {
        connection = client;
        attach(client, answers);
        tell({ event: 'connected', id: client.identity, protocol: client.protocol });
    });
    const listener = http.createServer().listen(0, '127.0.0.1', () => {
        tell({ event: 'listening', port: listener.address().port });
    });
    listener.on('upgrade', server.handleUpgrade);
    obey(() => connection, answers);
}

/* --- judging frames without a connection ----------------------------------------------------------------------------------- */

function judge({ version, action, frame }) {
    const validator = validators.find(v => v.subprotocol === `ocpp${version}`);
    const [type, , second, third] = frame;
    if (type !== 2 && type !== 3) {
        return { ok: true };
    }
    try {
        validator.validate(`urn:${type === 2 ? second : action}.${type === 2 ? 'req' : 'conf'}`, type === 2 ? third : second);
        return { ok: true };
    } catch (error) {
        return { ok: false, code: error.rpcErrorCode || error.name, reason: error.message };
    }
}

function judgeAll() {
    readline.createInterface({ input: process.stdin }).on('line', line => tell(judge(JSON.parse(line))));
}

/* --- the command line: a role and one JSON object of settings ---------------------------------------------------------------- */

const [role, settings] = process.argv.slice(2);
const roles = { station, central, judge: judgeAll };
roles[role](JSON.parse(settings || '{}'), {});
