using System.Text.RegularExpressions;
using Sallyport.Refusals;
using Xunit;

namespace Sallyport.Tests.Refusals;

public sealed partial class RefusalTableTests
{
    [Fact]
    public void Every_refusal_has_a_row()
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
        {
            var row = RefusalTable.Of(refusal);
            Assert.Matches(KebabCase(), row.LogWord);
            Assert.EndsWith(".", row.Reason);
            if (refusal != Refusal.None) Assert.InRange(row.Status, 400, 599);
        }
        Assert.Equal(Enum.GetValues<Refusal>().Length, RefusalTable.Count);
        Assert.Equal(Refusal.None, default);
    }

    [Fact]
    public void No_two_refusals_share_a_log_word()
    {
        var words = Enum.GetValues<Refusal>().Select(refusal => RefusalTable.Of(refusal).LogWord).ToList();
        Assert.Equal(words.Distinct().Count(), words.Count);
    }

    [Theory]
    [InlineData(Refusal.NotAllowed, 403, "http_request_denied")]
    [InlineData(Refusal.AddressForbidden, 502, "destination_ip_prohibited")]
    [InlineData(Refusal.CredentialsMissing, 407, null)]
    [InlineData(Refusal.CredentialsWrong, 407, null)]
    [InlineData(Refusal.OwnCredentialsMissing, 401, null)]
    [InlineData(Refusal.NameNotFound, 502, "dns_error")]
    [InlineData(Refusal.ResolverFailed, 502, "dns_error")]
    [InlineData(Refusal.ResolverTimedOut, 504, "dns_timeout")]
    [InlineData(Refusal.ConnectionRefused, 502, "connection_refused")]
    [InlineData(Refusal.Unreachable, 502, "destination_ip_unroutable")]
    [InlineData(Refusal.ConnectTimedOut, 504, "connection_timeout")]
    [InlineData(Refusal.ClosedBeforeAnswer, 502, "connection_terminated")]
    [InlineData(Refusal.AnswerHeadIncomplete, 502, "http_response_incomplete")]
    [InlineData(Refusal.AnswerHeadTooLarge, 502, "http_response_header_section_size")]
    [InlineData(Refusal.AnswerMalformed, 502, "http_protocol_error")]
    [InlineData(Refusal.AnswerBadCoding, 502, "http_response_transfer_coding")]
    [InlineData(Refusal.AnswerContentCodingBad, 502, "http_response_content_coding")]
    [InlineData(Refusal.AnswerTimedOut, 504, "http_response_timeout")]
    [InlineData(Refusal.ConnectionLimit, 503, "connection_limit_reached")]
    [InlineData(Refusal.LoopDetected, 508, "proxy_loop_detected")]
    [InlineData(Refusal.RequestTimedOut, 408, "http_request_error")]
    [InlineData(Refusal.BadRequest, 400, "http_request_error")]
    [InlineData(Refusal.BodyTooLarge, 413, "http_request_error")]
    [InlineData(Refusal.TargetTooLong, 414, "http_request_error")]
    [InlineData(Refusal.HeadTooLarge, 431, "http_request_error")]
    [InlineData(Refusal.ExpectationUnknown, 417, "http_request_error")]
    [InlineData(Refusal.MethodUnsupported, 501, "http_protocol_error")]
    [InlineData(Refusal.CodingUnsupported, 501, "http_protocol_error")]
    [InlineData(Refusal.VersionUnsupported, 505, "http_protocol_error")]
    [InlineData(Refusal.NotFound, 404, null)]
    public void Status_and_proxy_status_error_are_those_of_the_contract(Refusal refusal, int status, string? error)
    {
        var row = RefusalTable.Of(refusal);
        Assert.Equal(status, row.Status);
        Assert.Equal(error, row.ProxyStatusError);
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex KebabCase();
}
