/** What renews the control plane's certificates; by hand, `systemctl start` does the same. */
export const renewal = "renew-certificates";
