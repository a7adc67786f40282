namespace ClamProxy.Core.Verdicts;

/// <summary>What a call to a store wants.</summary>
internal enum StoreCall
{
    Find = 0,
    Save,
    Drop,
}
