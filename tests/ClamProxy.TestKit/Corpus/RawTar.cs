using System.Globalization;
using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>A tar written block by block, so that its headers can lie.</summary>
public static class RawTar
{
    private const int Block = 512;

    /// <summary>The two blocks of zeros at its end.</summary>
    public static byte[] End => new byte[2 * Block];

    /// <summary>A header and its content, filled up to a block.</summary>
    /// <param name="content">What lies behind the header.</param>
    /// <param name="type">What the header says it is.</param>
    /// <param name="size">The size field; null: the content's, in octal digits.</param>
    /// <param name="isSummed">Its checksum is right.</param>
    /// <param name="name">Its name, and what follows the name's end.</param>
    /// <param name="mark">Six bytes that say which kind it is; none for the old kind.</param>
    /// <param name="isSigned">The sum is one of signed bytes.</param>
    /// <param name="link">What it links to.</param>
    /// <param name="sum">Writes the sum in another way than six digits, a zero and a space.</param>
    public static byte[] Member(
        byte[] content,
        char type = '0',
        byte[]? size = null,
        bool isSummed = true,
        string name = "member.bin",
        string mark = "ustar\000",
        bool isSigned = false,
        string link = "",
        Func<int, byte[]>? sum = null)
    {
        var header = new byte[Block];
        Encoding.Latin1.GetBytes(name).CopyTo(header, 0);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        (size ?? Octal(content.Length)).CopyTo(header.AsSpan(124));
        header[156] = (byte)type;
        Encoding.ASCII.GetBytes(link).CopyTo(header, 157);
        Encoding.ASCII.GetBytes(mark).CopyTo(header, 257);
        header.AsSpan(148, 8).Fill((byte)' ');
        var value = header.Sum(one => isSigned ? (sbyte)one : one) + (isSummed ? 0 : 1);
        (sum ?? (all => Encoding.ASCII.GetBytes(Convert.ToString(all, 8).PadLeft(6, '0') + "\0 ")))(value).CopyTo(header, 148);
        return [.. header, .. Fill(content)];
    }

    public static byte[] Octal(long size) => Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0') + "\0");

    /// <summary>A header of fields for the next member (pax).</summary>
    public static byte[] Fields(params (string Key, string Value)[] fields) => Fields('x', fields);

    /// <summary>The same of another type: for all members.</summary>
    public static byte[] Fields(char type, params (string Key, string Value)[] fields) =>
        Member([.. fields.SelectMany(field => Encoding.ASCII.GetBytes(Line(field.Key, field.Value)))], type);

    private static string Line(string key, string value)
    {
        var rest = $" {key}={value}\n";
        var length = rest.Length + 1;
        while ($"{length}{rest}".Length > length)
        {
            length++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{length}{rest}");
    }

    private static byte[] Fill(byte[] content) => [.. content, .. new byte[-content.Length & (Block - 1)]];
}
