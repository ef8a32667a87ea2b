/** Codes of OpenSSL and Node for a rejected certificate. The request is sent only after the certificate is accepted. */
export const CERTIFICATE =
  /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|(DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_\w+|CERT_\w+|ERROR_IN_CERT_\w+)$/;
