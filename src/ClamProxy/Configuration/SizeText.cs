using System.Globalization;
using System.Text.RegularExpressions;

namespace ClamProxy.Configuration;

/// <summary>
/// Numbers of bytes as operators write them: <c>65536</c>, <c>64K</c>, <c>10M</c>, <c>2GiB</c>; 1024-based, as clamd.conf and nginx.conf
/// are.
/// </summary>
internal static partial class SizeText
{
    private static readonly string[] Units = ["", "K", "M", "G"];
    private static readonly string[] Names = ["B", "KiB", "MiB", "GiB"];

    /// <summary>The bytes, or null when the text is no size or more than a long holds.</summary>
    public static long? Parse(string text)
    {
        if (Size().Match(text) is not { Success: true } size
            || !long.TryParse(size.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var shift = 10 * Array.IndexOf(Units, size.Groups[2].Value.ToUpperInvariant());
        return count <= long.MaxValue >> shift ? count << shift : null;
    }

    /// <summary>The shortest text that means exactly this many bytes.</summary>
    public static string Format(long bytes)
    {
        var unit = 0;
        for (; unit < Units.Length - 1 && bytes != 0 && bytes % 1024 == 0; unit++)
        {
            bytes /= 1024;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + Units[unit];
    }

    /// <summary>About this many bytes, for people, such as <c>1.5 MiB</c>.</summary>
    public static string About(long bytes)
    {
        var (count, unit) = ((double)bytes, 0);
        for (; count >= 1024 && unit < Names.Length - 1; unit++)
        {
            count /= 1024;
        }

        return count.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Names[unit];
    }

    [GeneratedRegex(@"^([0-9]{1,19}) ?([KMG]?)(?:i?B)?\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Size();
}
