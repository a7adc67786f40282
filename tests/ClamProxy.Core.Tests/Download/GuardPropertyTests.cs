using System.Globalization;
using System.Net;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using FsCheck;
using FsCheck.Fluent;

namespace ClamProxy.Core.Tests.Download;

/// <summary>Whatever a private address is written as, or hidden in, it is not reached.</summary>
public sealed class GuardPropertyTests : IDisposable
{
    private static readonly string[] Private =
        [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "100.64.0.0/10",
            "0.0.0.0/8",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "198.18.0.0/15"];

    private static readonly Gen<byte[]> Byte4 = Gen.Choose(0, 255).Select(octet => (byte)octet).ArrayOf(4);

    private static readonly Gen<IPAddress> Inside =
        from network in Gen.Elements(Private).Select(text => IPNetwork.Parse(text))
        from host in Byte4
        select Combined(network, host);

    private static readonly Gen<IPAddress> Outside =
        Byte4.Select(bytes => new IPAddress(bytes)).Where(address => AddressTable.ReachOf(address) is AddressReach.Public);

    private static readonly Gen<Func<uint, string>> Number =
        from style in Gen.Choose(0, 3)
        from zeros in Gen.Choose(0, 6)
        select (Func<uint, string>)(value => style switch
        {
            0 => value.ToString(CultureInfo.InvariantCulture),
            1 => "0" + new string('0', zeros) + Convert.ToString(value, 8),
            2 => "0x" + new string('0', zeros) + value.ToString("x", CultureInfo.InvariantCulture),
            _ => "0X" + value.ToString("X", CultureInfo.InvariantCulture),
        });

    private readonly Upstream _upstream = new(options => options.AllowedUpstreams = []);

    [Fact]
    public void PrivateIPv4InAnyNumbers_IsRefused() => Properties.Holds(
        from address in Inside
        from parts in Gen.Choose(1, 4)
        from numbers in Number.ArrayOf(4)
        from dots in Gen.Elements("", ".", "..")
        select InParts(address, parts, numbers) + dots,
        AssertRefused);

    [Fact]
    public void PrivateIPv4InsideAnyIPv6_IsRefused() => Properties.Holds(
        from address in Inside
        from cover in Byte4
        from form in Gen.Choose(0, 8)
        from style in Gen.Choose(0, 3)
        select Text(Carrying(address.GetAddressBytes(), form, cover), style),
        AssertRefused);

    [Fact]
    public void PrivateAddressOnTheWayToTheConnection_IsRefused()
    {
        var none = new AllowedUpstreams([]);
        Properties.Holds(
            from address in Inside
            from cover in Byte4
            from form in Gen.Choose(-1, 8)
            select form < 0 ? address : Carrying(address.GetAddressBytes(), form, cover),
            address => Assert.False(none.Permits(HostPermission.PublicAddresses, address), $"{address}"));
    }

    [Fact]
    public void DigitsThatOnlyLookLikeDigits_AreRefused() => Properties.Holds(
        from address in Inside
        from zero in Gen.Elements('\uff10', '\u0660', '\u06f0', '\u0966', '\u2080')
        from at in Gen.Choose(0, 14)
        select string.Concat(
            $"{address}".Select((c, i) => char.IsAsciiDigit(c) && i >= at % $"{address}".Length ? (char)(zero + (c - '0')) : c)),
        text =>
        {
            if (!System.Text.Ascii.IsValid(text))
            {
                AssertRefused(text);
            }
        });

    [Fact]
    public void PublicIPv4InAnyNumbers_IsAllowed() => Properties.Holds(
        from address in Outside
        from parts in Gen.Choose(1, 4)
        from numbers in Number.ArrayOf(4)
        select InParts(address, parts, numbers),
        text => Assert.Null(_upstream.Guard.CheckName(Core.Download.Target.TryParse($"http://{text}/", out _)!.Uri)));

    public void Dispose() => _upstream.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void AssertRefused(string host)
    {
        if (Core.Download.Target.TryParse($"http://{host}/", out _) is { } target)
        {
            Assert.Equal(FailureReason.UpstreamForbidden, _upstream.Guard.CheckName(target.Uri)?.Reason);
        }
    }

    private static IPAddress Combined(IPNetwork network, byte[] host)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < 32; bit++)
        {
            bytes[bit / 8] |= (byte)(host[bit / 8] & (0x80 >> (bit % 8)));
        }

        return new IPAddress(bytes);
    }

    /// <summary>inet_aton's forms: the last part stands for all bytes that are left.</summary>
    private static string InParts(IPAddress address, int parts, Func<uint, string>[] numbers)
    {
        var bytes = address.GetAddressBytes();
        var last = bytes.Skip(parts - 1).Aggregate(0u, (value, octet) => (value << 8) | octet);
        return string.Join('.', bytes.Take(parts - 1).Select((octet, i) => numbers[i](octet)).Append(numbers[3](last)));
    }

    private static IPAddress Carrying(byte[] inner, int form, byte[] cover) => new((byte[])(form switch
    {
        0 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, .. inner],
        1 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. inner],
        2 => [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. inner],
        3 => [0, 0x64, 0xff, 0x9b, 0, 1, .. cover, 0, 0, .. inner],
        4 => [0x20, 0x02, .. inner, .. cover, .. cover, 0, 1],
        5 => [0x20, 0x01, 0, 0, .. inner, .. cover, .. cover],
        6 => [0x20, 0x01, 0, 0, 8, 8, 8, 8, .. cover, .. inner.Select(octet => (byte)~octet)],
        7 => [0x26, 0x06, 0x47, 0, .. cover, 0, 0, 0x5e, 0xfe, .. inner],
        _ => [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, .. inner],
    }));

    private static string Text(IPAddress address, int style)
    {
        var groups = address.GetAddressBytes().Chunk(2).Select(pair => (pair[0] << 8) | pair[1]).ToArray();
        return style switch
        {
            0 => $"[{address}]",
            1 => $"[{Joined(groups, "X4")}]",
            2 => $"[{Joined(groups[..6], "x")}:{new IPAddress(address.GetAddressBytes()[12..])}]",
            _ => $"[{address}%25eth0]",
        };

        static string Joined(int[] groups, string format) =>
            string.Join(':', groups.Select(group => group.ToString(format, CultureInfo.InvariantCulture)));
    }
}
