namespace ClamProxy.Core.Verdicts;

/// <summary>Tells one holder of a target's lease from every other one, those to come included. Made by a lease only.</summary>
/// <param name="Token">Grows with every lease that any process takes, so that logs show who came later.</param>
/// <param name="Text">The token and a random part: a Redis that lost its memory counts from one again, and no token of before may pass
/// for one of now.</param>
public readonly record struct Fence(long Token, string Text)
{
    public override string ToString() => Text;
}
