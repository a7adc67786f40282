using System.Security.Cryptography;

namespace ClamProxy.TestKit;

/// <summary>
/// Bytes that were never seen and that are scanned once. One of some thousand files of any bytes begins as what clamd does not look at as
/// it is ("&lt;a ", byte order marks), and is scanned twice.
/// </summary>
public static class RandomBody
{
    public static byte[] Of(int length)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        for (var at = 0; at < length; at++)
        {
            body[at] = (byte)(0x80 | (body[at] & 0x3f));
        }

        return body;
    }
}
