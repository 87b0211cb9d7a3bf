package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/lorenzodonini/ocpp-go/ocpp"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/certificates"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/core"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/extendedtriggermessage"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/firmware"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/localauth"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/logging"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/remotetrigger"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/reservation"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/securefirmware"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/security"
	"github.com/lorenzodonini/ocpp-go/ocpp1.6/smartcharging"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/authorization"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/availability"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/data"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/diagnostics"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/display"
	firmware2 "github.com/lorenzodonini/ocpp-go/ocpp2.0.1/firmware"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/iso15118"
	localauth2 "github.com/lorenzodonini/ocpp-go/ocpp2.0.1/localauth"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/meter"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/provisioning"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/remotecontrol"
	reservation2 "github.com/lorenzodonini/ocpp-go/ocpp2.0.1/reservation"
	security2 "github.com/lorenzodonini/ocpp-go/ocpp2.0.1/security"
	smartcharging2 "github.com/lorenzodonini/ocpp-go/ocpp2.0.1/smartcharging"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/tariffcost"
	"github.com/lorenzodonini/ocpp-go/ocpp2.0.1/transactions"
	"github.com/lorenzodonini/ocpp-go/ocppj"
)

// What the library has for one version.
type version struct {
	dialect  ocpp.Dialect
	profiles []*ocpp.Profile
}

var versions = map[string]version{
	"ocpp1.6": {ocpp.V16, []*ocpp.Profile{core.Profile, localauth.Profile, firmware.Profile, reservation.Profile, remotetrigger.Profile,
		smartcharging.Profile, logging.Profile, security.Profile, extendedtriggermessage.Profile, certificates.Profile,
		securefirmware.Profile}},
	"ocpp2.0.1": {ocpp.V2, []*ocpp.Profile{authorization.Profile, availability.Profile, data.Profile, diagnostics.Profile,
		display.Profile, firmware2.Profile, iso15118.Profile, localauth2.Profile, meter.Profile, provisioning.Profile,
		remotecontrol.Profile, reservation2.Profile, security2.Profile, smartcharging2.Profile, tariffcost.Profile,
		transactions.Profile}},
}

// The library of one version, the answers it gives, and the orders whose answers it awaits: ocppj sends one call after the other, so
// they come in order.
type library struct {
	version
	protocol string
	mutex    sync.Mutex
	answers  map[string]json.RawMessage
	awaited  []int
}

// A protocol the library does not speak may be offered all the same: the refusal is what is tested then.
func newLibrary(protocol string) *library {
	known, ok := versions[protocol]
	if !ok {
		known = versions["ocpp1.6"]
	}
	return &library{version: known, protocol: protocol, answers: map[string]json.RawMessage{}}
}

func (l *library) learn(answers map[string]json.RawMessage) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for action, payload := range answers {
		l.answers[action] = payload
	}
}

func (l *library) profileOf(action string) *ocpp.Profile {
	for _, profile := range l.profiles {
		if profile.SupportsFeature(action) {
			return profile
		}
	}
	return nil
}

func typed(raw json.RawMessage, kind reflect.Type) (interface{}, error) {
	message := reflect.New(kind).Interface()
	return message, json.Unmarshal(raw, message)
}

func (l *library) request(action string, payload json.RawMessage) (ocpp.Request, error) {
	profile := l.profileOf(action)
	if profile == nil {
		return nil, fmt.Errorf("the library has no action %s", action)
	}
	message, err := typed(payload, profile.GetFeature(action).GetRequestType())
	if err != nil {
		return nil, err
	}
	return message.(ocpp.Request), nil
}

// answer gives the prepared answer to an action, with the time where it asks for it; nil if there is none.
func (l *library) answer(action string) ocpp.Response {
	l.mutex.Lock()
	payload, ok := l.answers[action]
	l.mutex.Unlock()
	if !ok {
		return nil
	}
	payload = bytes.ReplaceAll(payload, []byte(`"$now"`), []byte(time.Now().UTC().Format(`"`+milliseconds+`"`)))
	message, err := typed(payload, l.profileOf(action).GetFeature(action).GetResponseType())
	if err != nil {
		panic(err)
	}
	return message.(ocpp.Response)
}

func (l *library) expect(n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.awaited = append(l.awaited, n)
}

func (l *library) answered(outcome event) {
	l.mutex.Lock()
	n := l.awaited[0]
	l.awaited = l.awaited[1:]
	l.mutex.Unlock()
	outcome["n"] = n
	tell("answer", outcome)
}

func (l *library) result(response ocpp.Response) {
	l.answered(event{"result": response})
}

func (l *library) refusal(err *ocpp.Error) {
	l.answered(event{"error": event{"code": err.Code, "description": err.Description}})
}

// The library refuses an action it does not know before anybody is asked, so this one is only not prepared for.
func refuse(action string) (ocpp.ErrorCode, string) {
	return ocppj.NotSupported, "no answer to " + action
}
