using ClamProxy.Core.Messages;
using ClamProxy.Doors.ExtProc;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>Whose message it is: in whose share it counts, and who is in the log.</summary>
public sealed class ClientTests
{
    private const string Peer = "10.0.0.1";

    [Theory]
    [InlineData("what Envoy has added last, of a field that its client began", "192.0.2.9, 198.51.100.7", true, "198.51.100.7")]
    [InlineData("one alone", "198.51.100.7", true, "198.51.100.7")]
    [InlineData("IPv6", "2001:db8::7", true, "2001:db8::7")]
    [InlineData("blanks and empty members", " 198.51.100.7 , ", true, "198.51.100.7")]
    [InlineData("an empty field", "", true, Peer)]
    [InlineData("no address", "unknown", true, Peer)]
    [InlineData("no address behind one", "198.51.100.7, _hidden", true, Peer)]
    [InlineData("an Envoy that is not trusted with it", "198.51.100.7", false, Peer)]
    public void ForwardedFor_NamesTheClientOfATrustedEnvoy(string what, string field, bool isTrusted, string client) =>
        Assert.True(client == Read(isTrusted, ("x-forwarded-for", field)).Client, what);

    [Fact]
    public void SeveralFields_TheLastOneCounts() =>
        Assert.Equal("198.51.100.7", Read(true, ("x-forwarded-for", "192.0.2.9"), ("x-forwarded-for", "198.51.100.7")).Client);

    [Fact]
    public void NoField_IsThePeers() => Assert.Equal(Peer, Read(true).Client);

    [Fact]
    public void Answer_IsOfItsRequestsClient()
    {
        var request = Read(true, ("x-forwarded-for", "198.51.100.7"));

        Assert.Equal("198.51.100.7", HeadReader.Response(ScriptedEnvoy.Head(false, (":status", "200")), request, Peer).Client);
        Assert.Equal(Peer, HeadReader.Response(ScriptedEnvoy.Head(false, (":status", "200")), null, Peer).Client);
    }

    private static LentMessage Read(bool isTrusted, params (string Name, string Value)[] fields) => HeadReader.Request(
        ScriptedEnvoy.Head(true, [(":method", "GET"), (":authority", "files.example"), (":path", "/"), .. fields]), Peer, isTrusted);
}
