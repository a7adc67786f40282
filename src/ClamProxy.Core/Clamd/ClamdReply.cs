using System.Text;

namespace ClamProxy.Core.Clamd;

/// <summary>A whole reply to INSTREAM or FILDES, read strictly: by its end, for a signature's name may hold "OK", spaces and
/// colons.</summary>
/// <param name="Kind">What it says; <see cref="ReplyKind.None"/> where it is no reply.</param>
/// <param name="Text">The signature's name or the error's text; what was read where it is no reply.</param>
internal readonly record struct ClamdReply(ReplyKind Kind, string Text)
{
    private const string TimedOut = "COMMAND READ TIMED OUT";
    private const string Stream = "stream: ";
    private const string Descriptor = "fd[";
    private const string DescriptorEnd = "]: ";
    private const string FoundEnd = " FOUND";
    private const string ErrorEnd = " ERROR";

    /// <summary>Reads what a connection delivered from the end of <paramref name="command"/> to its own end.</summary>
    public static ClamdReply Parse(ReadOnlySpan<byte> bytes, ScanCommand command)
    {
        if (Unframe(bytes) is not { } line)
        {
            return new ClamdReply(ReplyKind.None, Printable(bytes));
        }

        if (line is TimedOut)
        {
            return new ClamdReply(ReplyKind.ReadTimedOut, line);
        }

        if (line is "UNKNOWN COMMAND" or "COMMAND UNAVAILABLE")
        {
            return new ClamdReply(ReplyKind.Error, line);
        }

        var name = Subject(line, command);
        if (name > 0 && line[name..] is "OK")
        {
            return new ClamdReply(ReplyKind.Clean, "");
        }

        if (name > 0 && Before(line, name, FoundEnd) is { } signature)
        {
            return new ClamdReply(ReplyKind.Found, signature);
        }

        return Before(line, name, ErrorEnd) is { } error ? new ClamdReply(ReplyKind.Error, error) : new ClamdReply(ReplyKind.None, line);
    }

    /// <summary>Takes the terminator off: NUL, as our commands ask for, or the newline that only the read time-out ends with.
    /// Null when it is missing, doubled or not the last byte, and when a control character stands inside.</summary>
    public static string? Unframe(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var line = bytes[..^1];
        foreach (var value in line)
        {
            if (value is < 0x20 or 0x7f)
            {
                return null;
            }
        }

        // Latin-1 keeps every byte of a name that is not ASCII.
        var text = Encoding.Latin1.GetString(line);
        return bytes[^1] == 0 || (bytes[^1] == '\n' && text is TimedOut) ? text : null;
    }

    /// <summary>The fault of bytes that are no reply.</summary>
    public static ClamdException Missing(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? new ClamdException(ScannerFault.Cut, "it closed the connection without a reply")
        : new ClamdException(ScannerFault.Protocol, $"its reply is not one of clamd's: \"{Printable(bytes)}\"");

    /// <summary>Untrusted bytes, cut and made safe to show.</summary>
    public static string Printable(ReadOnlySpan<byte> bytes)
    {
        const int Shown = 80;
        var text = new StringBuilder();
        foreach (var value in bytes[..Math.Min(bytes.Length, Shown)])
        {
            text.Append(value is >= 0x20 and < 0x7f ? (char)value : '.');
        }

        return text.ToString();
    }

    /// <summary>Where the words behind <c>stream: </c> or <c>fd[12]: </c> begin; 0 when the line does not start as the command's replies
    /// do.</summary>
    private static int Subject(string line, ScanCommand command) => command switch
    {
        ScanCommand.None => 0,
        ScanCommand.Instream => line.StartsWith(Stream, StringComparison.Ordinal) ? Stream.Length : 0,
        ScanCommand.Fildes => DescriptorSubject(line),
    };

    private static int DescriptorSubject(string line)
    {
        if (!line.StartsWith(Descriptor, StringComparison.Ordinal))
        {
            return 0;
        }

        var end = Descriptor.Length;
        while (end < line.Length && char.IsAsciiDigit(line[end]))
        {
            end++;
        }

        return end > Descriptor.Length && line.AsSpan(end).StartsWith(DescriptorEnd, StringComparison.Ordinal)
            ? end + DescriptorEnd.Length
            : 0;
    }

    private static string? Before(string line, int start, string end) =>
        line.Length > start + end.Length && line.EndsWith(end, StringComparison.Ordinal) ? line[start..^end.Length] : null;
}
