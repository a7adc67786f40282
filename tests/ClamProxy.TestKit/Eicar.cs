using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>The EICAR test file (eicar.org), assembled at run time so that no file of the repository holds it.</summary>
public static class Eicar
{
    private static readonly string[] Parts = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTI", "VIRUS-TEST-FILE!$H+H*"];

    /// <summary>The 68 bytes.</summary>
    public static byte[] Bytes => Encoding.ASCII.GetBytes(string.Concat(Parts));

    /// <summary>One line of an .ndb database that finds the 68 bytes anywhere in a file as <c>Eicar-Test-Signature</c>.</summary>
    public static string NdbSignature => $"Eicar-Test-Signature:0:*:{Convert.ToHexStringLower(Bytes)}";

    /// <summary>One line of an .hsb database that finds the 68 bytes only as a file of their own, as the official databases do.</summary>
    public static string HsbSignature => $"{Convert.ToHexStringLower(SHA256.HashData(Bytes))}:{Bytes.Length}:Eicar-Test-Signature:73";
}
