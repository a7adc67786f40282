namespace ClamProxy.Core.Verdicts;

/// <summary>Which of the two kinds of record a call is about.</summary>
internal enum StoreTier
{
    Url = 0,
    Content,
}
