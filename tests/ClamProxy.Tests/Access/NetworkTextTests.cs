using ClamProxy.Access;

namespace ClamProxy.Tests.Access;

public sealed class NetworkTextTests
{
    [Theory]
    [InlineData("10.1.0.0/16", "10.1.0.0/16")]
    [InlineData("10.0.0.1", "10.0.0.1/32")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1/32")]
    [InlineData("::ffff:10.1.0.0/112", "10.1.0.0/16")]
    [InlineData("10.1", null)]
    [InlineData("10", null)]
    [InlineData("[::1]", null)]
    [InlineData("[::1]:80", null)]
    [InlineData("fe80::1%2", null)]
    [InlineData("10.1.0.0/33", null)]
    [InlineData("10.1.0.1/16", "10.1.0.0/16")]
    [InlineData("proxy", null)]
    [InlineData("", null)]
    public void Text_IsANetworkOrNone(string text, string? network) => Assert.Equal(network, NetworkText.Parse(text)?.ToString());
}
