using System.Net;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamGuardTests
{
    [Theory]
    [InlineData("1.1.1.1", "Public")]
    [InlineData("8.8.8.8", "Public")]
    [InlineData("172.15.255.255", "Public")]
    [InlineData("172.32.0.0", "Public")]
    [InlineData("100.63.255.255", "Public")]
    [InlineData("100.128.0.0", "Public")]
    [InlineData("223.255.255.255", "Public")]
    [InlineData("2606:4700::1111", "Public")]
    [InlineData("2a00:1450:4001::1", "Public")]
    [InlineData("10.0.0.1", "Internal")]
    [InlineData("172.16.0.0", "Internal")]
    [InlineData("172.31.255.255", "Internal")]
    [InlineData("192.168.1.1", "Internal")]
    [InlineData("127.0.0.1", "Internal")]
    [InlineData("127.255.255.254", "Internal")]
    [InlineData("100.64.0.0", "Internal")]
    [InlineData("100.127.255.255", "Internal")]
    [InlineData("::1", "Internal")]
    [InlineData("fc00::1", "Internal")]
    [InlineData("fdff:ffff::1", "Internal")]
    [InlineData("0.0.0.0", "Special")]
    [InlineData("0.1.2.3", "Special")]
    [InlineData("169.254.169.254", "Special")]
    [InlineData("169.254.170.2", "Special")]
    [InlineData("169.254.0.1", "Special")]
    [InlineData("100.100.100.200", "Special")]
    [InlineData("168.63.129.16", "Special")]
    [InlineData("192.0.0.192", "Special")]
    [InlineData("192.0.0.8", "Special")]
    [InlineData("192.0.2.1", "Special")]
    [InlineData("192.88.99.1", "Special")]
    [InlineData("198.18.0.1", "Special")]
    [InlineData("198.19.255.255", "Special")]
    [InlineData("198.51.100.1", "Special")]
    [InlineData("203.0.113.1", "Special")]
    [InlineData("224.0.0.1", "Special")]
    [InlineData("239.255.255.255", "Special")]
    [InlineData("240.0.0.1", "Special")]
    [InlineData("255.255.255.255", "Special")]
    [InlineData("::", "Special")]
    [InlineData("fe80::1", "Special")]
    [InlineData("febf::1", "Special")]
    [InlineData("fec0::1", "Special")]
    [InlineData("ff02::1", "Special")]
    [InlineData("fd00:ec2::254", "Special")]
    [InlineData("fd20:ce::254", "Special")]
    [InlineData("100::1", "Special")]
    [InlineData("2001:db8::1", "Special")]
    [InlineData("2001:2::1", "Special")]
    [InlineData("3fff::1", "Special")]
    [InlineData("5f00::1", "Special")]
    [InlineData("4000::1", "Special")]
    public void EveryRange_HasItsReach(string address, string reach) =>
        Assert.Equal(reach, AddressTable.ReachOf(IPAddress.Parse(address)).ToString());

    [Theory]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::10.0.0.1")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("2002:0a00:0001::1")]
    [InlineData("2002:7f00:0001::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2001:0000:0a00:0001::f7f7:f7f7")]
    [InlineData("2001:0000:0808:0808::f5ff:fffe")]
    [InlineData("2606:4700::0:5efe:10.0.0.1")]
    [InlineData("2606:4700::200:5efe:10.0.0.1")]
    public void PrivateAddressInAnotherForm_IsRefused(string address)
    {
        var policy = new AllowedUpstreams([]);
        Assert.False(policy.Permits(HostPermission.PublicAddresses, IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:0808:0808::1")]
    [InlineData("2001:0000:0808:0808::f7f7:f7f7")]
    public void PublicAddressInAnotherForm_IsAllowed(string address)
    {
        var policy = new AllowedUpstreams([]);
        Assert.True(policy.Permits(HostPermission.PublicAddresses, IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1./")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://0/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[0:0:0:0:0:ffff:10.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://1.1.1.1:22/")]
    [InlineData("http://example.org:8080/")]
    [InlineData("https://example.org:25/")]
    public async Task WithoutAList_LiteralsAndPortsAreRefusedWithoutALookUp(string url)
    {
        await using var upstream = new Upstream(options => options.AllowedUpstreams = []);

        var failure = await upstream.FetchFailureAsync(url);

        Assert.Equal(FailureReason.UpstreamForbidden, failure?.Reason);
        Assert.Empty(upstream.Resolver.Asked);
    }

    [Theory]
    [InlineData("http://example.org/", true)]
    [InlineData("https://example.org/", true)]
    [InlineData("https://example.org:80/", true)]
    [InlineData("http://1.1.1.1/", true)]
    [InlineData("http://[2606:4700::1111]/", true)]
    [InlineData("http://example.org:81/", false)]
    public void WithoutAList_PublicHostsOn80And443AreAllowed(string url, bool isAllowed) => AssertNamed([], url, isAllowed);

    [Theory]
    [InlineData("pypi.org", "https://pypi.org/", true)]
    [InlineData("pypi.org", "https://PyPI.org./", true)]
    [InlineData("PyPI.org.", "https://pypi.org/", true)]
    [InlineData("pypi.org", "https://pypi.org:8443/", true)]
    [InlineData("pypi.org", "https://www.pypi.org/", false)]
    [InlineData("pypi.org", "https://evilpypi.org/", false)]
    [InlineData("pypi.org", "https://pypi.org.evil/", false)]
    [InlineData("pypi.org:443", "https://pypi.org/", true)]
    [InlineData("pypi.org:443", "http://pypi.org/", false)]
    [InlineData("*.example.org", "https://a.example.org/", true)]
    [InlineData("*.example.org", "https://a.b.example.org/", true)]
    [InlineData("*.example.org", "https://example.org/", false)]
    [InlineData("*.example.org", "https://xexample.org/", false)]
    [InlineData("*.example.org:8443", "https://a.example.org:8443/", true)]
    [InlineData("*.example.org:8443", "https://a.example.org/", false)]
    [InlineData("bücher.example", "https://xn--bcher-kva.example/", true)]
    [InlineData("10.1.2.3", "http://10.1.2.3:8080/", true)]
    [InlineData("10.1.2.3", "http://167838211/", true)]
    [InlineData("0x0a010203", "http://10.1.2.3/", true)]
    [InlineData("10.1.2.3:80", "http://10.1.2.3:81/", false)]
    [InlineData("[::1]:8080", "http://[::1]:8080/", true)]
    [InlineData("::1", "http://[0:0:0:0:0:0:0:1]:9/", true)]
    [InlineData("[fd00::7]", "http://[fd00::7]/", true)]
    [InlineData("169.254.169.254", "http://169.254.169.254/", false)]
    [InlineData("169.254.169.254/32", "http://169.254.169.254/", true)]
    [InlineData("100.100.100.200", "http://100.100.100.200/", false)]
    [InlineData("224.0.0.1", "http://224.0.0.1/", false)]
    [InlineData("0.0.0.0", "http://0.0.0.0/", false)]
    [InlineData("10.0.0.0/8", "http://10.200.1.1:1234/", true)]
    [InlineData("10.0.0.0/8", "http://11.0.0.1/", false)]
    [InlineData("10.0.0.0/8", "http://[::ffff:10.0.0.1]/", true)]
    [InlineData("::ffff:10.0.0.0/104", "http://10.0.0.1/", true)]
    [InlineData("2002::/16", "http://[2002:a00:1::1]/", false)]
    [InlineData("64:ff9b::/96", "http://[64:ff9b::808:808]/", true)]
    [InlineData("64:ff9b::/96", "http://[64:ff9b::a9fe:a9fe]/", false)]
    [InlineData("fd00::/8", "http://[fd12::1]/", true)]
    [InlineData("10.0.0.0/8", "http://anything.example/", true)]
    [InlineData("pypi.org", "http://1.1.1.1/", false)]
    [InlineData("nonsense::entry::", "http://1.1.1.1/", false)]
    [InlineData("10.0.0.0/33", "http://1.1.1.1/", false)]
    [InlineData("*", "http://1.1.1.1/", false)]
    public void WithAList_OnlyItsEntriesAreAllowed(string entry, string url, bool isAllowed) => AssertNamed([entry], url, isAllowed);

    private static void AssertNamed(string[] entries, string url, bool isAllowed)
    {
        var upstream = new Upstream(options => options.AllowedUpstreams = entries);
        var target = Target.TryParse(url, out var problem);
        Assert.Null(problem);

        var failure = upstream.Guard.CheckName(target!.Uri);

        Assert.Equal(isAllowed ? null : FailureReason.UpstreamForbidden, failure?.Reason);
    }

    [Theory]
    [InlineData("http://a.b/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.10.0.0.1")]
    [InlineData("a.*.b")]
    [InlineData("h:0")]
    [InlineData("h:65536")]
    [InlineData("h:http")]
    [InlineData("a b")]
    [InlineData("user@h")]
    [InlineData(":80")]
    public void EntryNobodyUnderstands_IsAProblemWithItsValue(string entry)
    {
        var problem = Assert.Single(new DownloadOptions { AllowedUpstreams = ["pypi.org", entry] }.Problems());

        Assert.Equal((nameof(DownloadOptions.AllowedUpstreams), entry), (problem.Property, problem.Value));
    }
}
