using System.Text;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Reads JSON (RFC 8259) byte by byte, for where the strings are that hold attachments. It is strict where a laxer reader would see other
/// strings than this one: comments, other quotes, names without quotes, text behind the end.
/// </summary>
internal sealed class JsonScan
{
    private const int MostDepth = 1000;

    // No name that counts is longer, escapes included: six characters for each letter.
    private const int LongestName = 12 * 6;

    private readonly Stack<Level> _levels = [];
    private readonly StringBuilder _name = new(LongestName);
    private Expected _next = Expected.Value;
    private Token _in = Token.None;
    private int _bom;
    private int _hexLeft;
    private bool _isEscaped;
    private long _fileStart = -1;
    private Name _lastName;

    private enum Expected
    {
        Value = 0,
        ValueOrEnd,
        NameOrEnd,
        Name,
        Colon,
        CommaOrEnd,
        Nothing,
    }

    private enum Token
    {
        None = 0,
        String,
        Name,
        Literal,
    }

    private enum Name
    {
        Other = 0,
        Attachments,
        Data,
    }

    /// <summary>Why it is no JSON, in a few words; null: nothing was wrong so far.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether it may hold files that this reader does not see and another does, whatever the text is called.</summary>
    public bool MayHideFiles { get; private set; }

    /// <param name="block">The next bytes.</param>
    /// <param name="offset">Where they are in the text.</param>
    /// <param name="found">Gets the attachments that end in them.</param>
    public void Read(ReadOnlySpan<byte> block, long offset, List<UploadPart> found)
    {
        for (var i = 0; i < block.Length && Problem is null; i++)
        {
            if (_in is Token.String or Token.Name)
            {
                // Most of a text is in its strings, and most of those has nothing to look at.
                var plain = _in == Token.String && !_isEscaped && _hexLeft == 0 ? PlainLength(block[i..]) : 0;
                i += plain;
                if (i < block.Length)
                {
                    ReadString(block[i], offset + i, found);
                }
            }
            else
            {
                ReadStructure(block[i], offset + i);
            }
        }
    }

    /// <summary>The text has ended.</summary>
    public void Finish()
    {
        if (_in == Token.Literal)
        {
            EndValue();
        }

        if (_next != Expected.Nothing || _in is Token.String or Token.Name)
        {
            Problem ??= "it ends too early";
        }
    }

    private static int PlainLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'"', (byte)'\\');
        var plain = end < 0 ? text.Length : end;
        var control = text[..plain].IndexOfAnyInRange((byte)0, (byte)0x1f);
        return control < 0 ? plain : control;
    }

    private void ReadString(byte next, long at, List<UploadPart> found)
    {
        if (next < ' ')
        {
            Problem = "a string holds a control character";
        }
        else if (_hexLeft > 0)
        {
            _hexLeft--;
            Problem = char.IsAsciiHexDigit((char)next) ? null : "an escape is no number";
        }
        else if (_isEscaped)
        {
            (_isEscaped, _hexLeft) = (false, next == 'u' ? 4 : 0);
            Problem = "\"\\/bfnrtu"u8.Contains(next) ? null : "an escape is unknown";
        }
        else if (next == '\\')
        {
            _isEscaped = true;
        }
        else if (next == '"')
        {
            EndString(at, found);
            return;
        }

        if (_in == Token.Name && _name.Length <= LongestName)
        {
            _name.Append((char)next);
        }
    }

    private void EndString(long at, List<UploadPart> found)
    {
        if (_in == Token.Name)
        {
            (_lastName, _in, _next) = (Meaning(), Token.None, Expected.Colon);
            return;
        }

        if (_fileStart >= 0)
        {
            found.Add(new UploadPart(_fileStart, at - _fileStart, IsJsonString: true));
            _fileStart = -1;
        }

        EndValue();
    }

    private void ReadStructure(byte next, long at)
    {
        if (at < 3 && _bom == at && next == "\ufeff"u8[(int)at])
        {
            _bom++;
            return;
        }

        var isLiteral = char.IsAsciiLetterOrDigit((char)next) || next is (byte)'+' or (byte)'-' or (byte)'.';
        if (_in == Token.Literal)
        {
            if (isLiteral)
            {
                return;
            }

            EndValue();
        }

        if (_next == Expected.Value && IsFile() && next is not ((byte)'"' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
        {
            (Problem, MayHideFiles) = ("the data of an attachment is no string", true);
            return;
        }

        switch (next)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                break;
            case (byte)'{' or (byte)'[' when _next is Expected.Value or Expected.ValueOrEnd:
                Open(isObject: next == '{');
                break;
            case (byte)'}' when _next is Expected.NameOrEnd || (_next == Expected.CommaOrEnd && _levels.Peek().IsObject):
            case (byte)']' when _next is Expected.ValueOrEnd || (_next == Expected.CommaOrEnd && !_levels.Peek().IsObject):
                _levels.Pop();
                EndValue();
                break;
            case (byte)',' when _next == Expected.CommaOrEnd:
                _next = _levels.Peek().IsObject ? Expected.Name : Expected.Value;
                break;
            case (byte)':' when _next == Expected.Colon:
                _next = Expected.Value;
                break;
            case (byte)'"' when _next is Expected.Name or Expected.NameOrEnd:
                _name.Clear();
                _in = Token.Name;
                break;
            case (byte)'"' when _next is Expected.Value or Expected.ValueOrEnd:
                _in = Token.String;
                _fileStart = IsFile() ? at + 1 : -1;
                break;
            default:
                _in = isLiteral && _next is Expected.Value or Expected.ValueOrEnd ? Token.Literal : Token.None;
                Problem = _in == Token.Literal ? null : "a character stands where none may";
                break;
        }
    }

    private bool IsFile() => _levels.TryPeek(out var level) && level is { IsObject: true, IsOfAttachments: true } && _lastName == Name.Data;

    private void Open(bool isObject)
    {
        var isInside = _levels.TryPeek(out var outer) && (outer.IsOfAttachments || (outer.IsObject && _lastName == Name.Attachments));
        _levels.Push(new Level(isObject, isInside));
        _next = isObject ? Expected.NameOrEnd : Expected.ValueOrEnd;
        (Problem, MayHideFiles) = _levels.Count > MostDepth ? ($"it is nested deeper than {MostDepth}", true) : (null, false);
    }

    private void EndValue()
    {
        _in = Token.None;
        _next = _levels.Count == 0 ? Expected.Nothing : Expected.CommaOrEnd;
    }

    /// <summary>
    /// What the name that was just read means. Readers compare it without its escapes, and some without its case: for Go's, a long s
    /// (U+017F, two bytes of UTF-8) is an s.
    /// </summary>
    private Name Meaning()
    {
        var name = _name.ToString();
        var plain = name.Contains('\\', StringComparison.Ordinal) && name.Length <= LongestName ? Unescaped(name) : name;
        var folded = plain.Replace("\u00c5\u00bf", "s", StringComparison.Ordinal).Replace('\u017f', 's');
        return folded.Equals("_attachments", StringComparison.OrdinalIgnoreCase) ? Name.Attachments
            : folded.Equals("data", StringComparison.OrdinalIgnoreCase) ? Name.Data
            : Name.Other;
    }

    private static string Unescaped(string name)
    {
        var plain = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\' && i + 1 < name.Length && name[i + 1] != 'u')
            {
                // Of the short escapes none stands for a letter or an underscore.
                plain.Append(name[i]).Append(name[++i]);
            }
            else if (name[i] == '\\' && i + 5 < name.Length)
            {
                plain.Append((char)Convert.ToUInt16(name.Substring(i + 2, 4), 16));
                i += 5;
            }
            else
            {
                plain.Append(name[i]);
            }
        }

        return plain.ToString();
    }

    /// <param name="IsObject">An object; else an array.</param>
    /// <param name="IsOfAttachments">It is the value of <c>_attachments</c>, or in it.</param>
    private readonly record struct Level(bool IsObject, bool IsOfAttachments);
}
