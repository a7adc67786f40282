using System.Buffers;
using System.Text;
using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>
/// Whether a tar's first name, or first data, has clamd take the whole for something else: it looks for most of its types before it looks
/// for tars, and opens none of the members then. From the lines "0:0:" of libclamav/filetypes_int.h of ClamAV 1.4, by their first two or
/// three bytes.
/// </summary>
internal static class TarBeginning
{
    private const int NameLength = 16;

    private static readonly SearchValues<byte> UsualInNames = SearchValues.Create(
        [0, .. Enumerable.Range(0x20, 0x5f).Select(value => (byte)value)]);

    private static readonly byte[][] Marks =
    [
        .. new[]
        {
            "#@~", "%!P", "%PD", "(Th", ".RM", "070", "7z", ">Fr", "ALZ", "BM", "BZh", "CWS", "Dat", "Del", "EGG", "Env", "FWS", "For",
            "Fro", "GIF", "HWP", "Hi.", "ID3", "II*", "ITS", "MM", "MSC", "MZ", "Mes",
            "Ogg", "PK", "RIF", "Rar", "Rec", "Ret", "SIP", "SQL", "SYM", "SZD", "Sub", "To:", "X-", "ZWS", "[al", "beg", "v:", "xar", "{ ",
            "{\\r", "L\0\0",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>Stands at the first data, of a disk that is divided by GPT.</summary>
    public static ReadOnlySpan<byte> PartitionMark => "EFI PART"u8;

    public static bool MayBeSomethingElse(ReadOnlySpan<byte> header) =>
        header[0] == 0 || header[..NameLength].ContainsAnyExcept(UsualInNames) || header.StartsWithOneOf(Marks);
}
