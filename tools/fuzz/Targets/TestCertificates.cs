namespace PandoraSync.Fuzz.Targets;

/// <summary>A test authority, a certificate of it for fuzz.test and its list of no revocations, made with <c>openssl ca</c>. Their keys are kept nowhere.</summary>
internal static class TestCertificates
{
    public const string Authority =
        """
        -----BEGIN CERTIFICATE-----
        MIIBgjCCASigAwIBAgIUKQzjqRIzeu87RlXDk3cgsTK9ivMwCgYIKoZIzj0EAwIw
        HjEcMBoGA1UEAwwTRnV6eiB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjMxMDMwMTFa
        GA8yMDk1MDUwNTEwMzAxMVowHjEcMBoGA1UEAwwTRnV6eiB0ZXN0IGF1dGhvcml0
        eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIxqBci3IsV4YR7AwDztShKblvSX
        g+AQOmlMxeSYVpk3XRG4TjohhTrwF42AGfkCpMVKRKXUtsLisdfTJlTd/q+jQjBA
        MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBSexar1
        C1KoMTiklVXuFkF9G42gkTAKBggqhkjOPQQDAgNIADBFAiA87m8ajE9KAg5b2uXi
        vY1AKmc6BrUzJNIS9W6QOaMX2wIhAPITSLTuZSc77hgDsaR3uUW4JKvR+63NguLd
        AeiYXQlY
        -----END CERTIFICATE-----
        """;

    public const string Leaf =
        """
        -----BEGIN CERTIFICATE-----
        MIIBjDCCATKgAwIBAgIBATAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBNGdXp6IHRl
        c3QgYXV0aG9yaXR5MCAXDTI2MTEyMzEwMzAxMVoYDzIwOTUwNTA1MTAzMDExWjAU
        MRIwEAYDVQQDDAlmdXp6LnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARS
        ZnWsj+s1H1tCwJV94a0v4VyD5CxUVxyziUGDto7bO590QEswNP4vz5hofmOoi9Cl
        Ix8i2o4FH2F+E1PbbQdjo2kwZzAJBgNVHRMEAjAAMBoGA1UdEQQTMBGCCWZ1enou
        dGVzdIcEfwAAATAdBgNVHQ4EFgQUQR4DjqQbFoS0pPz9TcTrYJ3N+nkwHwYDVR0j
        BBgwFoAUnsWq9QtSqDE4pJVV7hZBfRuNoJEwCgYIKoZIzj0EAwIDSAAwRQIhAMQ3
        VLln+DlRCXEYe3prO0vsyujtQFLy99DaQqh/MgfEAiBuzs1aYaSGj4h8qkyOk+zk
        8cYHESGAU7YlJLWHsQm4kw==
        -----END CERTIFICATE-----
        """;

    public const string CleanList =
        """
        -----BEGIN X509 CRL-----
        MIG4MF8CAQEwCgYIKoZIzj0EAwIwHjEcMBoGA1UEAwwTRnV6eiB0ZXN0IGF1dGhv
        cml0eRcNMjYxMTIzMTAzMDExWhgPMjA5NTA1MDUxMDMwMTFaoA4wDDAKBgNVHRQE
        AwIBATAKBggqhkjOPQQDAgNJADBGAiEA0WuaDZX3+Osq8TSf9zlq+UvC/bVXk7Lz
        XZ+ivYS13ZECIQD/pt5HqfKLKc9KWfhc9U7p/z7/Fbkxkzd17i6mUJjgtg==
        -----END X509 CRL-----
        """;
}
