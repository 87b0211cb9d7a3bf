package main

import (
	"net/http"
	"time"

	"github.com/lorenzodonini/ocpp-go/ocpp"
	"github.com/lorenzodonini/ocpp-go/ocppj"
	"github.com/lorenzodonini/ocpp-go/ws"
)

const callTimeout = 15 * time.Second

// --- the station ---

// A client that shows what passes through it.
type tappedClient struct{ *ws.Client }

func (t tappedClient) SetMessageHandler(handler func(data []byte) error) {
	t.Client.SetMessageHandler(func(data []byte) error {
		tell("frame", event{"direction": "in", "text": string(data)})
		return handler(data)
	})
}

func (t tappedClient) Write(data []byte) error {
	tell("frame", event{"direction": "out", "text": string(data)})
	return t.Client.Write(data)
}

type client struct {
	lib  *library
	ws   tappedClient
	ocpp *ocppj.Client
}

func (c *client) library() *library               { return c.lib }
func (c *client) send(request ocpp.Request) error { return c.ocpp.SendRequest(request) }
func (c *client) write(text []byte) error         { return c.ws.Write(text) }

func (c *client) handle(_ ocpp.Request, id string, action string) {
	tell("call", event{"action": action})
	if answer := c.lib.answer(action); answer != nil {
		if err := c.ocpp.SendResponse(id, answer); err != nil {
			c.ocpp.HandleFailedResponseError(id, err, action)
		}
		return
	}
	code, why := refuse(action)
	_ = c.ocpp.SendError(id, code, why, nil)
}

func (c *client) start(s settings) {
	c.ws = tappedClient{ws.NewClient()}
	for _, protocol := range s.Offer {
		c.ws.SetRequestedSubProtocol(protocol)
	}
	if s.Password != nil {
		c.ws.SetBasicAuth(s.Id, *s.Password)
	}
	dispatcher := ocppj.NewDefaultClientDispatcher(ocppj.NewFIFOClientQueue(10))
	dispatcher.SetTimeout(callTimeout)
	c.ocpp = ocppj.NewClient(s.Id, c.ws, dispatcher, nil, c.lib.profiles...)
	c.ocpp.SetDialect(c.lib.dialect)
	c.ocpp.SetRequestHandler(c.handle)
	c.ocpp.SetResponseHandler(func(response ocpp.Response, _ string) { c.lib.result(response) })
	c.ocpp.SetErrorHandler(func(err *ocpp.Error, _ interface{}) { c.lib.refusal(err) })
	c.ocpp.SetOnRequestCanceled(func(_ string, _ ocpp.Request, err *ocpp.Error) { c.lib.refusal(err) })
	c.ocpp.SetInvalidMessageHook(func(err *ocpp.Error, _ string, _ []interface{}) *ocpp.Error { complain(err); return nil })
	c.ocpp.SetOnDisconnectedHandler(func(err error) {
		if err != nil {
			tell("closed", event{"code": 0, "reason": err.Error()})
		}
	})
	if err := c.ocpp.Start(s.Url); err != nil {
		status := 0
		if refused, ok := err.(ws.HttpConnectionError); ok {
			status = refused.HttpCode
		}
		tell("refused", event{"status": status, "reason": err.Error()})
		return
	}
	tell("connected", event{"id": s.Id, "protocol": s.Offer[0]})
}

// --- the central system ---

// A server that shows what passes through it.
type tappedServer struct{ *ws.Server }

func (t tappedServer) SetMessageHandler(handler func(channel ws.Channel, data []byte) error) {
	t.Server.SetMessageHandler(func(channel ws.Channel, data []byte) error {
		tell("frame", event{"direction": "in", "text": string(data)})
		return handler(channel, data)
	})
}

func (t tappedServer) Write(id string, data []byte) error {
	tell("frame", event{"direction": "out", "text": string(data)})
	return t.Server.Write(id, data)
}

type server struct {
	lib     *library
	ws      tappedServer
	ocpp    *ocppj.Server
	channel ws.Channel
}

func (s *server) library() *library               { return s.lib }
func (s *server) send(request ocpp.Request) error { return s.ocpp.SendRequest(s.channel.ID(), request) }
func (s *server) write(text []byte) error         { return s.ws.Write(s.channel.ID(), text) }

func (s *server) handle(channel ws.Channel, _ ocpp.Request, id string, action string) {
	tell("call", event{"action": action})
	if answer := s.lib.answer(action); answer != nil {
		if err := s.ocpp.SendResponse(channel.ID(), id, answer); err != nil {
			s.ocpp.HandleFailedResponseError(channel.ID(), id, err, action)
		}
		return
	}
	code, why := refuse(action)
	_ = s.ocpp.SendError(channel.ID(), id, code, why, nil)
}

func findStation(stations []station, id string) *station {
	for i := range stations {
		if stations[i].Id == id {
			return &stations[i]
		}
	}
	return nil
}

// The library answers 401 to whatever the application refuses; it has no way to say 404.
func checker(stations []station) ws.CheckClientHandler {
	return func(id string, request *http.Request) bool {
		_, password, given := request.BasicAuth()
		asked := event{"id": id, "password": nil}
		if given {
			asked["password"] = password
		}
		tell("asked", asked)
		known := findStation(stations, id)
		return known != nil && (known.Password == nil || *known.Password == password)
	}
}

func (s *server) start(chosen settings) {
	s.ws = tappedServer{ws.NewServer()}
	for _, protocol := range chosen.Offer {
		s.ws.AddSupportedSubprotocol(protocol)
	}
	dispatcher := ocppj.NewDefaultServerDispatcher(ocppj.NewFIFOQueueMap(0))
	dispatcher.SetTimeout(callTimeout)
	s.ocpp = ocppj.NewServer(s.ws, dispatcher, nil, s.lib.profiles...)
	s.ocpp.SetDialect(s.lib.dialect)
	s.ocpp.SetNewClientValidationHandler(checker(chosen.Stations))
	s.ocpp.SetRequestHandler(s.handle)
	s.ocpp.SetResponseHandler(func(_ ws.Channel, response ocpp.Response, _ string) { s.lib.result(response) })
	s.ocpp.SetErrorHandler(func(_ ws.Channel, err *ocpp.Error, _ interface{}) { s.lib.refusal(err) })
	s.ocpp.SetCanceledRequestHandler(func(_ string, _ string, _ ocpp.Request, err *ocpp.Error) { s.lib.refusal(err) })
	s.ocpp.SetInvalidMessageHook(func(_ ws.Channel, err *ocpp.Error, _ string, _ []interface{}) *ocpp.Error { complain(err); return nil })
	s.ocpp.SetNewClientHandler(func(channel ws.Channel) {
		s.channel = channel
		tell("connected", event{"id": channel.ID(), "protocol": chosen.Offer[0]})
	})
	s.ocpp.SetDisconnectedClientHandler(func(ws.Channel) { tell("closed", event{"code": 0, "reason": ""}) })
	go s.announce()
	s.ocpp.Start(0, "/ocpp/{id}")
}

// The library does not say when it listens.
func (s *server) announce() {
	for s.ws.Addr() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	tell("listening", event{"port": s.ws.Addr().Port})
}
