using System.Buffers;
using System.Text;
using ClamProxy.Core.Archives.Tar;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>
/// What clamd does not match its signatures on as it is, going by the first bytes: media, databases and logs that it ignores
/// (CL_TYPE_IGNORED), and web pages, of which it matches a normalised form only. "ID3=0" at the beginning of a program, or "&lt;html&gt;"
/// in its first comment, does it. From libclamav/filetypes_int.h of ClamAV 1.4; a little more is taken for such.
/// </summary>
internal static class SkippedTypes
{
    /// <summary>As many bytes as clamd goes by.</summary>
    public const int HeadLength = 1024;

    private static readonly byte[][] Ignored =
    [
        [.. ".RMF"u8], [.. "ID3"u8], [.. "OggS"u8], [0xff, 0xfb, 0x90], [.. "SIP-HIT (SIP/H"u8], [.. "SYMC\u0001\0"u8],
        [.. "SQLite format 3\0"u8],
        [0x37, 0x7f, 0x06, 0x82, 0, 0x2d, 0xe2, 0x18], [0x37, 0x7f, 0x06, 0x83, 0, 0x2d, 0xe2, 0x18],
        [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7],
    ];

    /// <summary>
    /// Byte order marks, and "&lt;" in more bytes than one: clamd decodes such texts in ways of its own before it looks for pages.
    /// </summary>
    private static readonly byte[][] Wide =
    [
        [0xfe, 0xff], [0xff, 0xfe], [0, 0, 0xfe, 0xff], [0, 0, 0xff, 0xfe], [0, 0x3c], [0x3c, 0], [0, 0, 0, 0x3c], [0, 0, 0x3c, 0],
    ];

    private static readonly SearchValues<string> Marks = SearchValues.Create(
        [
            "<a ",
            "<head",
            "<html",
            "<iframe",
            "<img",
            "<object",
            "<script",
            "<table",
            "<%@ language",
            "<!doctype html",
            "<body",
            "/RGB\nID\n"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether something begins as what clamd passes over. Of a tar with its mark clamd matches every byte.</summary>
    public static bool Begins(ReadOnlySpan<byte> head)
    {
        if (TarHeader.IsMarked(head))
        {
            return false;
        }

        return head.StartsWithOneOf(Ignored)
            || head.StartsWithOneOf(Wide)
            || Text(head[..Math.Min(head.Length, HeadLength)]).AsSpan().ContainsAny(Marks);
    }

    /// <summary>Without the zeros of UTF-16 and UTF-32: clamd decodes them.</summary>
    private static string Text(ReadOnlySpan<byte> head) => Encoding.Latin1.GetString(head).Replace("\0", "", StringComparison.Ordinal);
}
