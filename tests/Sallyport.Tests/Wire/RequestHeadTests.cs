using System.Text;
using Sallyport.Wire;
using Xunit;

namespace Sallyport.Tests.Wire;

public sealed class RequestHeadTests
{
    [Theory]
    [InlineData("GET http://a.test:81/x?y HTTP/1.1", TargetForm.Absolute, "a.test:81", "/x?y", "a.test", 81, "/x?y")]
    [InlineData("GET http://a.test HTTP/1.1", TargetForm.Absolute, "a.test", "", "a.test", 0, "/")]
    [InlineData("OPTIONS http://a.test HTTP/1.1", TargetForm.Absolute, "a.test", "", "a.test", 0, "*")]
    [InlineData("OPTIONS http://a.test/ HTTP/1.1", TargetForm.Absolute, "a.test", "/", "a.test", 0, "/")]
    [InlineData("GET hTTp://a.test?q=1/2 HTTP/1.1", TargetForm.Absolute, "a.test", "?q=1/2", "a.test", 0, "/?q=1/2")]
    [InlineData("GET http://[::1]:8080//x HTTP/1.1", TargetForm.Absolute, "[::1]:8080", "//x", "::1", 8080, "//x")]
    [InlineData("GET /x?http://b/ HTTP/1.1", TargetForm.Origin, "", "/x?http://b/", "", 0, "/x?http://b/")]
    [InlineData("OPTIONS * HTTP/1.1", TargetForm.Asterisk, "", "", "", 0, "*")]
    [InlineData("CONNECT a.test:443 HTTP/1.1", TargetForm.Authority, "a.test:443", "", "a.test", 443, "/")]
    public void A_target_is_taken_apart_by_its_form(string line, TargetForm form, string authority, string pathAndQuery, string host, int port, string originForm)
    {
        var (head, bytes) = Read($"{line}\r\nHost: b.test\r\n\r\n");
        var written = new byte[100];
        var writer = new HeadWriter(written);
        head.WriteOriginForm(ref writer, bytes);

        Assert.Equal((form, authority, pathAndQuery), (head.Form, Text(head.Authority, bytes), Text(head.PathAndQuery, bytes)));
        Assert.Equal((host, port), (Text(head.TargetAuthority.Host, bytes), head.TargetAuthority.Port));
        Assert.Equal(originForm, Encoding.ASCII.GetString(written, 0, writer.Written));
    }

    [Theory]
    [InlineData("GET", KnownMethod.Get, true)]
    [InlineData("HEAD", KnownMethod.Head, true)]
    [InlineData("POST", KnownMethod.Post, false)]
    [InlineData("PUT", KnownMethod.Put, true)]
    [InlineData("DELETE", KnownMethod.Delete, true)]
    [InlineData("OPTIONS", KnownMethod.Options, true)]
    [InlineData("TRACE", KnownMethod.Trace, true)]
    [InlineData("PATCH", KnownMethod.Patch, false)]
    [InlineData("get", KnownMethod.Other, false)]
    [InlineData("FOOBAR", KnownMethod.Other, false)]
    [InlineData("M-SEARCH", KnownMethod.Other, false)]
    public void A_method_is_known_by_its_exact_name(string method, KnownMethod known, bool isIdempotent)
    {
        var (head, bytes) = Read($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal((known, isIdempotent, method), (head.KnownMethod, head.IsIdempotent, Text(head.Method, bytes)));
    }

    [Fact]
    public void Host_is_read_beside_the_target_and_where_it_stands_is_known()
    {
        var (head, bytes) = Read("GET http://www.def.co.jp:81/index.html HTTP/1.0\r\nX: y\r\nHost: \t proxy.abc.co.jp:8080\r\n\r\n");

        Assert.Equal((1, "proxy.abc.co.jp:8080"), (head.HostIndex, Text(head.HostValue, bytes)));
        Assert.Equal(("proxy.abc.co.jp", 8080), (Text(head.HostAuthority.Host, bytes), head.HostAuthority.Port));
        Assert.Equal(("www.def.co.jp", 81), (Text(head.TargetAuthority.Host, bytes), head.TargetAuthority.Port));
    }

    [Fact]
    public void A_host_equal_to_the_target_points_at_its_own_bytes()
    {
        var (head, bytes) = Read("GET http://[2001:db8::1]:81/ HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\n");

        Assert.Equal(HostKind.V6, head.HostAuthority.Kind);
        Assert.Equal(head.TargetAuthority.Address, head.HostAuthority.Address);
        Assert.Equal(head.HostValue.Start + 1, head.HostAuthority.Host.Start);
        Assert.Equal("2001:db8::1", Text(head.HostAuthority.Host, bytes));
    }

    [Theory]
    [InlineData("", BodyKind.None, 0)]
    [InlineData("Content-Length: 0\r\n", BodyKind.Counted, 0)]
    [InlineData("Content-Length: 999999999999999999\r\n", BodyKind.Counted, 999999999999999999)]
    [InlineData("Transfer-Encoding: CHUNKED\r\n", BodyKind.Chunked, 0)]
    public void Framing_follows_the_fields(string fields, BodyKind kind, long length) =>
        Assert.Equal(new BodyFraming(kind, length), Read($"POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").Head.Framing);

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, Close\r\n", false)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Proxy-Connection: keep-alive\r\n", false)]
    public void The_connection_is_kept_by_version_and_wish(string version, string fields, bool isKept) =>
        Assert.Equal(isKept, Read($"GET / {version}\r\nHost: a\r\n{fields}\r\n").Head.KeepAliveWanted);

    [Fact]
    public void Fields_that_end_here_are_marked()
    {
        var (head, bytes) = Read("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, x-one,X-Two\r\nConnection: TE\r\nKeep-Alive: x\r\nProxy-Connection: x\r\nTE: trailers\r\nUpgrade: x\r\nHTTP2-Settings: x\r\nProxy-Authorization: x\r\nTrailer: x\r\nX-ONE: 1\r\nX-Two: 2\r\nX-Three: 3\r\nx-one: 4\r\n\r\n");
        var passing = new List<string>();
        foreach (var field in head.Fields)
        {
            if (!field.IsHopByHop) passing.Add(Text(field.Name, bytes));
        }

        Assert.Equal(["Host", "Trailer", "X-Three"], passing);
        Assert.Equal(0, head.IgnoredNominations);
    }

    [Fact]
    public void What_the_relay_needs_cannot_be_nominated_away()
    {
        var (head, _) = Read("POST / HTTP/1.1\r\nHost: a\r\nVia: 1.1 b\r\nContent-Length: 1\r\nX-Forwarded-For: c\r\nX-Forwarded-Odd: c\r\nForwarded: for=c\r\nDate: d\r\nContent-Encoding: gzip\r\nExpect: 100-continue\r\nMax-Forwards: 1\r\nConnection: host, via, content-length, transfer-encoding, x-forwarded-for, x-forwarded-odd, forwarded, date, content-encoding, expect, max-forwards\r\n\r\n");
        var marked = 0;
        foreach (var field in head.Fields) marked += field.IsHopByHop ? 1 : 0;

        Assert.Equal(11, head.IgnoredNominations);
        Assert.Equal(1, marked);
        Assert.True(head.Fields[^1].IsHopByHop);
    }

    [Theory]
    [InlineData("HTTP/1.1", "Content-Length: 1\r\n", true)]
    [InlineData("HTTP/1.1", "", false)]
    [InlineData("HTTP/1.0", "Content-Length: 1\r\n", false)]
    public void A_100_is_waited_for_only_before_a_body_and_in_http_1_1(string version, string fields, bool isExpected) =>
        Assert.Equal(isExpected, Read($"PUT / {version}\r\nHost: a\r\nExpect: 100-Continue\r\n{fields}\r\n").Head.ExpectsContinue);

    [Fact]
    public void A_known_field_is_found_where_it_first_stands()
    {
        var (head, _) = Read("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nvia: 1.1 b\r\nVia: 1.1 c\r\n\r\n");

        Assert.True(head.TryFind(KnownField.Via, out var index));
        Assert.Equal(2, index);
        Assert.False(head.TryFind(KnownField.Date, out index));
        Assert.Equal(-1, index);
    }

    [Fact]
    public void Nothing_of_one_request_stays_for_the_next()
    {
        var head = new RequestHead();
        foreach (var seed in HeadCorpus.ValidRequests.Concat(HeadCorpus.InvalidRequests))
        {
            head.Reset();
            head.Read(seed.Bytes, HeadLimits.Default);
        }
        head.Reset();
        var bytes = "GET / HTTP/1.0\r\n\r\n"u8;

        Assert.Equal(ReadStatus.Done, head.Read(bytes, HeadLimits.Default));
        Assert.Equal((0, BodyKind.None, false, false), (head.Fields.Length, head.Framing.Kind, head.HasHost, head.ExpectsContinue));
        Assert.Equal((HostKind.None, HostKind.None, 0), (head.TargetAuthority.Kind, head.HostAuthority.Kind, head.IgnoredNominations));
        Assert.False(head.ConnectionClose || head.ConnectionKeepAlive || head.ConnectionUpgrade || head.KeepAliveWanted);
    }

    [Fact]
    public void Bytes_behind_the_head_are_left_for_the_body_or_the_next_request()
    {
        var first = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8;
        byte[] both = [.. first, .. "\nBAD"u8];
        var head = new RequestHead();

        Assert.Equal(ReadStatus.Done, head.Read(both, HeadLimits.Default));
        Assert.Equal(first.Length, head.Length);
        Assert.Equal(ReadStatus.Done, head.Read(both, HeadLimits.Default));
    }

    [Fact]
    public void Limits_are_reached_exactly()
    {
        var bytes = Encoding.ASCII.GetBytes("GET /12345678 HTTP/1.1\r\nHost: 12345678.test\r\nX: y\r\n\r\n");
        var exact = new HeadLimits(bytes.Length, 2, 9, 19);

        Assert.Equal(HeadFault.None, FaultWith(bytes, exact));
        Assert.Equal(HeadFault.HeadTooLong, FaultWith(bytes, exact with { MaxHeadBytes = bytes.Length - 1 }));
        Assert.Equal(HeadFault.TooManyFields, FaultWith(bytes, exact with { MaxFields = 1 }));
        Assert.Equal(HeadFault.TargetTooLong, FaultWith(bytes, exact with { MaxTargetBytes = 8 }));
        Assert.Equal(HeadFault.FieldTooLong, FaultWith(bytes, exact with { MaxFieldBytes = 18 }));
    }

    private static HeadFault FaultWith(byte[] bytes, HeadLimits limits)
    {
        var head = new RequestHead();
        head.Read(bytes, limits);
        return head.Fault;
    }

    private static (RequestHead Head, byte[] Bytes) Read(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var head = new RequestHead();
        Assert.Equal((ReadStatus.Done, HeadFault.None), (head.Read(bytes, HeadLimits.Default), head.Fault));
        return (head, bytes);
    }

    private static string Text(Slice slice, byte[] bytes) => Encoding.Latin1.GetString(slice.Of(bytes));
}
