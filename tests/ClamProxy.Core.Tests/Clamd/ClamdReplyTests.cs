using System.Text;
using ClamProxy.Core.Clamd;

namespace ClamProxy.Core.Tests.Clamd;

public sealed class ClamdReplyTests
{
    [Theory]
    [InlineData("stream: OK\0", ReplyKind.Clean, "")]
    [InlineData("stream: Eicar-Test-Signature.UNOFFICIAL FOUND\0", ReplyKind.Found, "Eicar-Test-Signature.UNOFFICIAL")]
    [InlineData("stream: Win.Trojan.OK-1 FOUND\0", ReplyKind.Found, "Win.Trojan.OK-1")]
    [InlineData("stream: stream: OK FOUND\0", ReplyKind.Found, "stream: OK")]
    [InlineData("stream: A name with spaces: and OK FOUND\0", ReplyKind.Found, "A name with spaces: and OK")]
    [InlineData("stream: FOUND FOUND\0", ReplyKind.Found, "FOUND")]
    [InlineData("stream: Ünïcode FOUND\0", ReplyKind.Found, "Ünïcode")]
    [InlineData("INSTREAM size limit exceeded. ERROR\0", ReplyKind.Error, "INSTREAM size limit exceeded.")]
    [InlineData("Error writing to temporary file ERROR\0", ReplyKind.Error, "Error writing to temporary file")]
    [InlineData("stream: Can't write to file ERROR\0", ReplyKind.Error, "Can't write to file")]
    [InlineData("COMMAND READ TIMED OUT\n", ReplyKind.ReadTimedOut, "COMMAND READ TIMED OUT")]
    [InlineData("COMMAND READ TIMED OUT\0", ReplyKind.ReadTimedOut, "COMMAND READ TIMED OUT")]
    [InlineData("UNKNOWN COMMAND\0", ReplyKind.Error, "UNKNOWN COMMAND")]
    [InlineData("COMMAND UNAVAILABLE\0", ReplyKind.Error, "COMMAND UNAVAILABLE")]
    public void WholeReplyToInstream_IsReadByItsEnd(string reply, object kind, string text) =>
        Assert.Equal(new ClamdReply((ReplyKind)kind, text), Parse(reply, ScanCommand.Instream));

    [Theory]
    [InlineData("fd[11]: OK\0", ReplyKind.Clean, "")]
    [InlineData("fd[11]: Eicar FOUND\0", ReplyKind.Found, "Eicar")]
    [InlineData("fd[11]: Not a regular file ERROR\0", ReplyKind.Error, "Not a regular file")]
    [InlineData("No file descriptor received. ERROR\0", ReplyKind.Error, "No file descriptor received.")]
    public void WholeReplyToFildes_IsReadByItsEnd(string reply, object kind, string text) =>
        Assert.Equal(new ClamdReply((ReplyKind)kind, text), Parse(reply, ScanCommand.Fildes));

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\n")]
    [InlineData("OK\0")]
    [InlineData("stream: OK")]
    [InlineData("stream: OK\n")]
    [InlineData("stream: OK\0\0")]
    [InlineData("stream: OK\0stream: OK\0")]
    [InlineData("stream: OK\nstream: X FOUND\0")]
    [InlineData("stream: OK\0X")]
    [InlineData("stream:OK\0")]
    [InlineData("stream: ok\0")]
    [InlineData(" stream: OK\0")]
    [InlineData("stream: OK \0")]
    [InlineData("stream:  OK\0")]
    [InlineData("stream: stream: OK\0")]
    [InlineData("1: stream: OK\0")]
    [InlineData("/tmp/x: OK\0")]
    [InlineData("fd[11]: OK\0")]
    [InlineData("stream:  FOUND\0")]
    [InlineData("stream: FOUND\0")]
    [InlineData("X FOUND\0")]
    [InlineData("stream: Eicar FOUND")]
    [InlineData("PONG\0")]
    [InlineData("\u007fstream: OK\0")]
    public void AnythingElseToInstream_IsNoReply(string reply) =>
        Assert.Equal(ReplyKind.None, Parse(reply, ScanCommand.Instream).Kind);

    [Theory]
    [InlineData("stream: OK\0")]
    [InlineData("fd[]: OK\0")]
    [InlineData("fd[-1]: OK\0")]
    [InlineData("fd[1x]: OK\0")]
    [InlineData("fd[1] OK\0")]
    [InlineData("fd[1]: OK")]
    [InlineData("fd[1: OK\0")]
    [InlineData("fd[11]: OK\0\0")]
    public void AnythingElseToFildes_IsNoReply(string reply) =>
        Assert.Equal(ReplyKind.None, Parse(reply, ScanCommand.Fildes).Kind);

    [Theory]
    [InlineData("stream: OK\0", ScanCommand.Instream)]
    [InlineData("stream: stream: OK FOUND\0", ScanCommand.Instream)]
    [InlineData("fd[11]: OK\0", ScanCommand.Fildes)]
    [InlineData("INSTREAM size limit exceeded. ERROR\0", ScanCommand.Instream)]
    [InlineData("COMMAND READ TIMED OUT\n", ScanCommand.Instream)]
    public void ReplyTornAtAnyByte_IsNoReply(string reply, object command)
    {
        for (var end = 0; end < reply.Length; end++)
        {
            Assert.Equal(ReplyKind.None, Parse(reply[..end], (ScanCommand)command).Kind);
        }
    }

    [Fact]
    public void ZeroReply_ProvesNothing() => Assert.Equal(ScanOutcome.Error, ReplyOutcome.Of(default));

    [Theory]
    [InlineData("stream: OK\0", ScanOutcome.Clean, null)]
    [InlineData("stream: Eicar-Test-Signature FOUND\0", ScanOutcome.Found, null)]
    [InlineData("stream: Heuristics.Phishing.Email FOUND\0", ScanOutcome.Found, null)]
    [InlineData("stream: Heuristics.Limits.ExceededX FOUND\0", ScanOutcome.Found, null)]
    [InlineData("INSTREAM size limit exceeded. ERROR\0", ScanOutcome.TooLarge, "StreamMaxLength")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", ScanOutcome.TooLarge, "MaxFileSize")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0", ScanOutcome.TooLarge, "MaxScanSize")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0", ScanOutcome.EngineLimit, "MaxRecursion")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0", ScanOutcome.EngineLimit, "MaxFiles")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0", ScanOutcome.EngineLimit, "MaxScanTime")]
    [InlineData("stream: Heuristics.Limits.Exceeded FOUND\0", ScanOutcome.EngineLimit, "its log")]
    [InlineData("stream: Heuristics.Limits.Exceeded. FOUND\0", ScanOutcome.EngineLimit, "its log")]
    [InlineData("stream: Heuristics.Encrypted.Zip FOUND\0", ScanOutcome.Encrypted, "Heuristics.Encrypted.Zip")]
    [InlineData("stream: Can't write to file ERROR\0", ScanOutcome.Error, "Can't write to file")]
    public void Reply_HasItsOutcomeAndNamesTheLimit(string reply, ScanOutcome outcome, string? named)
    {
        var parsed = Parse(reply, ScanCommand.Instream);
        Assert.Equal(outcome, ReplyOutcome.Of(parsed));
        Assert.Contains(named ?? "", ReplyOutcome.Detail(outcome, parsed.Text), StringComparison.Ordinal);
    }

    private static ClamdReply Parse(string reply, ScanCommand command) => ClamdReply.Parse(Encoding.Latin1.GetBytes(reply), command);
}
