namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>How the connections to Kafka are made.</summary>
public enum KafkaSecurity
{
    /// <summary>Neither encrypted nor signed in.</summary>
    Plaintext,

    /// <summary>TLS.</summary>
    Tls,

    /// <summary>Signed in by SASL, without encryption.</summary>
    Sasl,

    /// <summary>Signed in by SASL, over TLS.</summary>
    SaslTls,
}
