import { Button, type ButtonProps } from 'antd';
import { useHref, useLinkClickHandler } from 'react-router';

/** A way to another page that looks like a button. */
export function LinkButton({ to, ...button }: ButtonProps & { to: string }) {
  const href = useHref(to);
  const follow = useLinkClickHandler<HTMLElement>(to);
  return (
    <Button
      {...button}
      href={href}
      onClick={(event) => follow(event as unknown as React.MouseEvent<HTMLElement, MouseEvent> as never)}
    />
  );
}
