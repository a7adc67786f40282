using System.Text;

namespace ClamProxy.Core.Objects;

/// <summary>Names of files as their senders give them: untrusted text, of which only the last part of a path counts.</summary>
public static class FileNames
{
    /// <summary>The most bytes of a name that is kept, in UTF-8: the longest that a file may have.</summary>
    public const int MaxBytes = 255;

    private const string Nameless = "file";

    /// <summary>
    /// The last part of a path of either kind (RFC 7578 §4.2), without control characters and what hides a name's real end (the
    /// bidirectional overrides of Unicode), of at most <see cref="MaxBytes"/>; "file" where nothing is left.
    /// </summary>
    public static string Plain(string? name)
    {
        var last = (name ?? "").AsSpan();
        last = last[(last.LastIndexOfAny('/', '\\') + 1)..];
        var plain = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            if (rune != Rune.ReplacementChar && !IsUnseen(rune))
            {
                plain.Append(rune.ToString());
            }
        }

        var text = Shortened(plain.ToString().Trim(), MaxBytes);
        return text.Trim('.').Length == 0 ? Nameless : text;
    }

    /// <summary>The first part of a name that takes no more bytes, whole characters only; an extension of up to 15 bytes stays.</summary>
    public static string Shortened(string name, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Encoding.UTF8.GetByteCount(name) <= maxBytes)
        {
            return name;
        }

        var extension = Path.GetExtension(name);
        extension = Encoding.UTF8.GetByteCount(extension) <= 15 ? extension : "";
        var (rest, bytes) = (new StringBuilder(), Encoding.UTF8.GetByteCount(extension));
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                break;
            }

            rest.Append(rune.ToString());
        }

        return rest.Append(extension).ToString();
    }

    private static bool IsUnseen(Rune rune) => Rune.IsControl(rune)
        || rune.Value is (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF

        // No characters (Unicode 23.7): XML takes none of them, which S3 lists keys in.
        || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
