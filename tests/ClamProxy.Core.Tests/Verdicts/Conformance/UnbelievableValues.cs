namespace ClamProxy.Core.Tests.Verdicts.Conformance;

/// <summary>Values under a key that no reader may believe.</summary>
internal static class UnbelievableValues
{
    private const string Then = "\"scannedAt\":\"2026-01-01T00:00:00Z\"";

    private static readonly string Sha = $"\"sha256\":\"{Records.Sha}\"";

    public static TheoryData<string> Contents =>
    [
        "",
        "null",
        "OK",
        "[]",
        "{}",
        "{\"verdict\":\"clean\"}",
        $"{{{Sha},\"verdict\":\"clean\",{Then}",
        $"{{{Sha},\"verdict\":\"clean\",{Then}}}}}",
        $"{{{Sha},\"verdict\":\"clean\"}}",
        $"{{{Sha},{Then}}}",
        $"{{{Sha},\"verdict\":\"none\",{Then}}}",
        $"{{{Sha},\"verdict\":\"Clean\",{Then}}}",
        $"{{{Sha},\"verdict\":\"1\",{Then}}}",
        $"{{{Sha},\"verdict\":1,{Then}}}",
        $"{{{Sha},\"verdict\":\"infected\",\"verdict\":\"clean\",{Then}}}",
        $"{{{Sha},\"verdict\":\"clean\",\"signature\":\"x\",{Then}}}",
        $"{{{Sha},\"verdict\":\"clean\",\"reason\":\"too-large\",{Then}}}",
        $"{{{Sha},\"verdict\":\"infected\",{Then}}}",
        $"{{{Sha},\"verdict\":\"infected\",\"signature\":\" \",{Then}}}",
        $"{{{Sha},\"verdict\":\"unscannable\",{Then}}}",
        $"{{{Sha},\"verdict\":\"unscannable\",\"reason\":\"mood\",{Then}}}",
        $"{{{Sha},\"verdict\":\"clean\",\"database\":-1,{Then}}}",
        $"{{{Sha},\"verdict\":\"clean\",\"database\":\"new\",{Then}}}",
        $"{{{Sha},\"verdict\":\"clean\",\"scannedAt\":\"yesterday\"}}",
        $"{{\"sha256\":\"{new string('b', 64)}\",\"verdict\":\"clean\",{Then}}}",
        $"{{\"sha256\":\"{new string('A', 64)}\",\"verdict\":\"clean\",{Then}}}",
        $"{{{Sha},\"verdict\":\"clean\",{Then},\"later\":\"{new string('x', 3_000)}\"}}",
    ];

    public static TheoryData<string> Urls =>
    [
        "",
        "null",
        "{}",
        $"{{{Sha},\"size\":1,\"verdict\":\"clean\"",
        $"{{{Sha},\"verdict\":\"clean\"}}",
        $"{{{Sha},\"size\":1}}",
        $"{{{Sha},\"size\":-1,\"verdict\":\"clean\"}}",
        $"{{{Sha},\"size\":\"1\",\"verdict\":\"clean\"}}",
        $"{{{Sha},\"size\":1,\"verdict\":\"fine\"}}",
        $"{{\"size\":1,\"verdict\":\"clean\"}}",
        $"{{\"sha256\":\"{new string('a', 63)}\",\"size\":1,\"verdict\":\"clean\"}}",
        $"{{\"sha256\":\"{new string('a', 63)}A\",\"size\":1,\"verdict\":\"clean\"}}",
        $"{{\"sha256\":\"{new string('a', 63)}g\",\"size\":1,\"verdict\":\"clean\"}}",
        $"{{{Sha},\"size\":1,\"etag\":\"a\\r\\nSet-Cookie: x\",\"verdict\":\"clean\"}}",
        $"{{{Sha},\"size\":1,\"etag\":\"\",\"verdict\":\"clean\"}}",
    ];
}
